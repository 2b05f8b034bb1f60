import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

const BUILD = fileURLToPath(new URL("../../web/build.mjs", import.meta.url));

describe("the built page", () => {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-page-"));
  execFileSync(process.execPath, [BUILD, directory]);
  execFileSync(process.execPath, [BUILD, directory]);
  const files = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  afterAll(() => rmSync(directory, { recursive: true }));
  const bytesOf = (ending: string): number =>
    files
      .filter((file) => file.endsWith(ending))
      .reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);

  it("is one script and one style sheet, each also packed, and nothing of an older build", () => {
    const names = files.map((file) => file.replace(/\.[A-Z0-9]{8}\./u, ".HASH.")).toSorted();
    const plain = ["app.HASH.css", "app.HASH.js", "icon.svg", "index.html"];
    expect(names).toEqual(plain.flatMap((name) => [name, `${name}.br`, `${name}.gz`]).toSorted());
  });

  it("is within its budget: 40 KB of script and 8 KB of styles, packed", () => {
    expect(bytesOf(".js.gz")).toBeLessThanOrEqual(40 * 1024);
    expect(bytesOf(".css.gz")).toBeLessThanOrEqual(8 * 1024);
  });

  it("names its files as they are, and no other server", () => {
    const html = readFileSync(join(directory, "index.html"), "utf8");
    const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/gu)].map(([, name = ""]) => name);
    expect(named.toSorted()).toEqual(files.filter((file) => /\.(?:css|js|svg)$/u.test(file)).toSorted());
    expect(html).not.toMatch(/https?:/u);
  });
});
