import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { AppBed, broken, CRITICAL_RULES, READ_TOKEN } from "../support/app-bed.ts";
import { breakIndex } from "../support/break-index.ts";
import { copyState } from "../support/copy-state.ts";
import { isWholeCheck } from "../support/rounds.ts";

/** Titles of the messages about the service itself. */
function selfTitles(bed: AppBed): readonly string[] {
  return (
    bed.receiver.requests
      // The native body of a webhook.
      .map(({ body }) => JSON.parse(body) as { readonly trigger: string; readonly title: string })
      .flatMap(({ trigger, title }) => (trigger === "self" ? [title] : []))
  );
}

/** The names of the objects of the open alerts. */
async function openAlerts(bed: AppBed): Promise<readonly string[]> {
  const { body } = await bed.get("/api/v1/alerts", { headers: { authorization: `Bearer ${READ_TOKEN}` } });
  // The answer of docs/openapi.json.
  const { items } = JSON.parse(body) as {
    readonly items: readonly { readonly labels: { readonly name: string } }[];
  };
  return items.map(({ labels }) => labels.name).toSorted();
}

describe("a state file that is damaged between two starts", () => {
  it("goes back to its copy: what was open is open, and only what came since is told again", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", CRITICAL_RULES);
    const path = join(bed.directory, "state.db");
    await bed.ready();
    bed.api.create(broken("before"));
    await bed.arrived(1);
    await bed.until(async () => (await openAlerts(bed)).length === 1);
    await bed.stop();
    await copyState(path, bed.clock.now());
    await bed.ready();
    bed.api.create(broken("since"));
    await bed.arrived(2);
    await bed.stop();
    writeFileSync(path, readFileSync(path).fill("garbage ", 0, 100));
    await bed.ready();
    await bed.until(async () => (await openAlerts(bed)).length === 2);
    expect(await openAlerts(bed)).toEqual(["before", "since"]);
    await bed.arrived(3);
    await bed.until(() => selfTitles(bed).length > 0);
    expect(selfTitles(bed)).toEqual([
      expect.stringMatching(/^Tocsin itself: the state file was damaged, and went back to its copy of /u),
    ]);
    expect(bed.told()).toEqual(["before", "since", "since"]);
    expect(await bed.stop()).toBe(0);
  });
});

describe("a state file that is found damaged while the service runs", () => {
  it.runIf(isWholeCheck)(
    "is mended by a new start of the same process: a message in flight comes twice, with its id and a note",
    async () => {
      await using bed = await AppBed.open({ speed: 300 });
      bed.write("rules.yaml", CRITICAL_RULES);
      const path = join(bed.directory, "state.db");
      bed.receiver.answer({ status: 503 });
      await bed.ready();
      bed.api.create(broken("web"));
      // Some time after the start.
      await bed.until(() => existsSync(`${path}.copy`));
      await bed.stop();
      breakIndex(path, "delivery_group");
      await bed.ready();
      const settledAt = bed.clock.monotonic() + 10 * 60_000;
      await bed.until(() => bed.clock.monotonic() > settledAt);
      bed.receiver.reset();
      bed.receiver.answer({ status: 200 });
      await bed.until(() => bed.logged("tocsin runs").length === 2);
      expect(bed.logged("the state file is damaged: a statement has failed by it")).toHaveLength(1);
      expect(
        bed.logged("the state file is damaged and was moved aside; its last copy is the state now"),
      ).toHaveLength(1);
      await bed.until(() => bed.told().length === 2 && selfTitles(bed).length === 1);
      const [first, second] = bed.messages;
      expect(second?.id).toBe(first?.id);
      expect(JSON.stringify(first)).not.toContain("may have come before");
      expect(JSON.stringify(second)).toContain(
        "This may have come before: the state went back to its copy of ",
      );
      expect(bed.told()).toEqual(["web", "web"]);
      expect(await bed.stop()).toBe(0);
    },
  );

  it("soon after a start ends the process: whatever restarts it has its pauses, and the next start goes on", async () => {
    await using bed = await AppBed.open({ speed: 200 });
    bed.write("rules.yaml", CRITICAL_RULES);
    const path = join(bed.directory, "state.db");
    bed.receiver.answer({ status: 503 });
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    await bed.stop();
    await copyState(path, bed.clock.now());
    breakIndex(path, "delivery_group");
    bed.receiver.reset();
    bed.receiver.answer({ status: 200 });
    expect(await bed.launch()).toBe(1);
    expect(bed.stderr).toContain(`state file ${path} is damaged`);
    await bed.ready();
    await bed.arrived(2);
    expect(bed.told()).toEqual(["web", "web"]);
    expect(await bed.stop()).toBe(0);
  });
});
