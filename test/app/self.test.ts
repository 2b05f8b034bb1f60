import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { AppBed, broken, WRITE_TOKEN } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";

const titles = (bed: AppBed): readonly string[] =>
  bed.receiver.bodies().map((body) => (JSON.parse(body) as { readonly title: string }).title);

describe("a service in trouble", () => {
  it("tells of a refused reload, and when it is mended", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    await bed.ready();
    bed.write("rules.yaml", "rules: [{ name: it, macth: {} }]");
    await bed.reload(WRITE_TOKEN);
    await bed.until(() => titles(bed).length === 1);
    bed.write("rules.yaml", "rules: [{ name: it, match: { reason: Broken } }]");
    await bed.reload(WRITE_TOKEN);
    await bed.until(() => titles(bed).length === 2);
    expect(titles(bed)).toEqual([
      "Tocsin itself: the changed configuration is refused",
      "Resolved: Tocsin itself: the changed configuration is refused",
    ]);
  });

  it("starts over with a damaged state file, tells of it, and works", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    bed.configure({ state: { path: "tocsin.db" } });
    writeFileSync(join(bed.directory, "tocsin.db"), "garbage ".repeat(10_000));
    await bed.ready();
    await bed.until(() => titles(bed).length === 1);
    bed.api.create(broken("web"));
    await bed.until(() => titles(bed).length === 2);
    expect(titles(bed)).toEqual([
      "Tocsin itself: the state file was damaged",
      expect.stringContaining("web"),
    ]);
  });

  it("tells by one sink what another refuses", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    await using picky = await startReceiver({ status: 400 });
    bed.configure({
      sinks: [
        { name: "hook", type: "webhook", url: bed.receiver.url },
        { name: "picky", type: "webhook", url: picky.url },
      ],
      route: { sinks: ["picky"], groupWait: "0s" },
      selfAlerts: { sinks: ["hook", "picky"] },
    });
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.until(() => titles(bed).length === 1);
    expect(titles(bed)).toEqual(["Tocsin itself: sink picky did not get a message"]);
  });
});
