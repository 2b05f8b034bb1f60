import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { writePacked } from "../write-packed.ts";
import { renderRunbook } from "./render-runbook.ts";

const PAGES = fileURLToPath(new URL("../../docs/runbooks", import.meta.url));
const STYLE = fileURLToPath(new URL("runbook.css", import.meta.url));

/**
 * Makes a page of each file in docs/runbooks, `index.html` of its README, and their style sheet.
 *
 * @param directory Absolute; it is emptied first.
 */
export async function buildRunbooks(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const names = (await readdir(PAGES)).filter((name) => name.endsWith(".md"));
  for (const name of names) {
    const markdown = await readFile(join(PAGES, name), "utf8");
    // Two kilobytes are one packet or two, packed or not.
    const page = name === "README.md" ? "index.html" : name.replace(/\.md$/u, ".html");
    await writeFile(join(directory, page), renderRunbook(markdown));
  }
  const { outputFiles } = await build({ entryPoints: [STYLE], bundle: true, minify: true, write: false });
  const [styles] = outputFiles;
  if (styles !== undefined) await writePacked(join(directory, "runbook.css"), styles.contents);
}
