import { describe, expect, it } from "vitest";

import { RecentEventPage } from "../../src/api/index.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { runCommand } from "./run-command.ts";

const RULES = `
rules: [{ name: it, match: { reason: Broken } }]
drop: [{ name: noise, match: { reason: Noise } }]
`;

/** A service that has read an Event of each outcome. */
async function opened(): Promise<AppBed> {
  const bed = await AppBed.open();
  bed.write("rules.yaml", RULES);
  await bed.ready();
  bed.api.create(broken("web"));
  bed.api.create(broken("db", "shop", { reason: "Noise" }));
  bed.api.create(broken("api", "pay", { reason: "Pulled", type: "Normal" }));
  await bed.until(async () => {
    const { body } = await bed.get("/api/v1/events");
    return RecentEventPage.parse(JSON.parse(body)).items.length === 3;
  });
  return bed;
}

describe("tocsin events", () => {
  it("lists the Events of the last hour and what rules make of each, or only those that nobody wants", async () => {
    await using bed = await opened();
    const run = async (...argv: readonly string[]) => {
      const flags = ["--server", bed.address, ...argv];
      return await runCommand(["events", ...flags], { cwd: bed.directory, env: {} });
    };
    const all = await run();
    expect(all.status).toBe(0);
    expect(all.stdout).toMatch(/Normal {3}Pulled {2}pay {8}Pod\/api .*unmatched {2}api is broken\n/u);
    expect(all.stdout).toMatch(/Warning {2}Broken {2}shop {7}Pod\/web .*it {9}web is broken\n/u);
    expect(all.stdout.trimEnd().split("\n").at(-1)).toBe("1 unmatched, 1 dropped, 1 matched");
    const unmatched = await run("--unmatched");
    expect(unmatched.stdout.trimEnd().split("\n").at(-1)).toBe("1 unmatched");
    expect(unmatched.stdout).not.toContain("web is broken");
    for (const filter of [
      ["--namespace", "pay"],
      ["--reason", "Pulled"],
      ["--type", "Normal"],
      ["--search", "pod/API"],
    ])
      expect((await run(...filter)).stdout.trimEnd().split("\n").at(-1)).toBe("1 unmatched");
    expect((await run("--unmatched", "--type", "Warning")).stdout).toBe("no Event of the last hour is so\n");
  });
});
