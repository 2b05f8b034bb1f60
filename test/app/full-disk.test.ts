import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { describe, expect, it } from "vitest";

import { AppBed, broken, CRITICAL_RULES, ROUTE } from "../support/app-bed.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { isWholeCheck } from "../support/rounds.ts";
import { SmallDisk } from "../support/small-disk.ts";

if (SmallDisk.missing !== "")
  process.stderr.write(`test/app/full-disk.test.ts is skipped: ${SmallDisk.missing}\n`);

const FULL = "database or disk is full";

/** A process whose state is at this path, before the API server and the receiver of a bed. */
function bridgeOf(bed: AppBed, state: object): BridgeProcess {
  const bridge = new BridgeProcess();
  bridge.write("kubeconfig.yaml", kubeconfigFor(bed.api.url));
  bridge.write("rules.yaml", CRITICAL_RULES);
  configure(bed, bridge, state);
  return bridge;
}

function configure(bed: AppBed, bridge: BridgeProcess, state: object): void {
  bridge.write("tocsin.yaml", {
    cluster: "test",
    kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "now", enrich: "off" },
    state,
    rules: ["rules.yaml"],
    sinks: [{ name: "hook", type: "webhook", url: bed.receiver.url }],
    route: ROUTE,
  });
}

async function readiness(bridge: BridgeProcess): Promise<string> {
  const answer = await fetch(`${bridge.address}/readyz`).catch(() => undefined);
  return (await answer?.text()) ?? "";
}

/** Waits until the receiver has got everything, and expects one message for each. */
async function expectTold(bed: AppBed, names: readonly string[]): Promise<void> {
  await bed.until(() => names.every((name) => bed.told().includes(name)));
  const ids = new Set(bed.messages.map(({ id }) => id));
  expect(ids.size).toBe(names.length);
}

describe("SIGTERM while the store is full", () => {
  it.runIf(isWholeCheck)("ends the process, and nothing is lost", async () => {
    await using bed = await AppBed.open();
    bed.receiver.answer({ status: 503 });
    await using bridge = bridgeOf(bed, { path: "tocsin.db", maxBytes: "1MiB" });
    await bridge.start();
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    const long = "x".repeat(3000);
    for (const name of names) bed.api.create(broken(name, "shop", { message: `${name} is broken ${long}` }));
    await bridge.until(async () => (await readiness(bridge)).includes("full: "));
    expect(await bridge.stop()).toBe(0);
    expect(bridge.log).toContain("tocsin has stopped");
    bed.receiver.reset();
    bed.receiver.answer({ status: 200 });
    configure(bed, bridge, { path: "tocsin.db", maxBytes: "100MiB" });
    await bridge.start();
    await expectTold(bed, names);
    expect(await bridge.stop()).toBe(0);
  });
});

describe("a signal during the start", () => {
  it("ends the process in order, and the next start finds everything", async () => {
    await using bed = await AppBed.open();
    await using bridge = bridgeOf(bed, { path: "tocsin.db" });
    writeFileSync(join(bridge.directory, "tocsin.db"), "damaged\n".repeat(1000));
    await bridge.launch();
    // The first line of the log comes in the middle of the start: the state file is damaged.
    await bridge.until(() => bridge.log.includes("was moved aside"));
    expect(await bridge.stop()).toBe(0);
    expect(bridge.log).toContain("stopping; a second signal ends at once");
    await bridge.start();
    bed.api.create(broken("web"));
    await expectTold(bed, ["web"]);
    expect(await bridge.stop()).toBe(0);
  });
});

describe.skipIf(SmallDisk.missing !== "")("a full disk", () => {
  it("lets the process end at SIGTERM, and nothing is lost", async () => {
    using disk = new SmallDisk();
    await using bed = await AppBed.open();
    await using bridge = bridgeOf(bed, { path: join(disk.path, "tocsin.db") });
    await bridge.start();
    bed.api.create(broken("before"));
    await expectTold(bed, ["before"]);
    disk.fill();
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    const long = "x".repeat(3000);
    for (const name of names) bed.api.create(broken(name, "shop", { message: `${name} is broken ${long}` }));
    await bridge.until(async () => (await readiness(bridge)).includes(FULL));
    expect(await bridge.stop()).toBe(0);
    expect(bridge.log).toContain("tocsin has stopped");
    disk.free();
    await bridge.start();
    await expectTold(bed, ["before", ...names]);
    expect(await bridge.stop()).toBe(0);
  });

  it.runIf(isWholeCheck)(
    "does not keep the process from a start; what waits is stored and sent when there is space",
    async () => {
      using disk = new SmallDisk();
      await using bed = await AppBed.open();
      await using bridge = bridgeOf(bed, { path: join(disk.path, "tocsin.db") });
      await bridge.start();
      expect(await bridge.stop()).toBe(0);
      disk.fill();
      await bridge.launch();
      await bridge.until(() =>
        bridge.log.includes("the disk is full; nothing is stored until there is space"),
      );
      bed.api.create(broken("web"));
      await bridge.until(async () => (await readiness(bridge)).includes(FULL));
      expect(await bridge.stop()).toBe(0);
      await bridge.launch();
      await bridge.until(async () => (await readiness(bridge)).includes(FULL));
      disk.free();
      await bridge.ready();
      await expectTold(bed, ["web"]);
      expect(await bridge.stop()).toBe(0);
    },
  );

  it.runIf(isWholeCheck)(
    "when a damaged file is set aside: the file stays, alerts go on from memory, and both are said",
    async () => {
      using disk = new SmallDisk();
      await using bed = await AppBed.open();
      const path = join(disk.path, "tocsin.db");
      await using bridge = bridgeOf(bed, { path });
      writeFileSync(path, "damaged\n".repeat(1000));
      disk.fill();
      await bridge.launch();
      await bridge.until(async () => (await readiness(bridge)).includes("in memory, a restart forgets it"));
      expect(bridge.log).toContain("the state file is damaged and was moved aside");
      expect(bridge.log).toContain("the state file cannot be used; the state is in memory");
      expect(disk.files).toEqual([expect.stringContaining("tocsin.db.damaged-")]);
      await bridge.until(async () => (await readiness(bridge)).includes("established"));
      bed.api.create(broken("web"));
      await expectTold(bed, ["web"]);
      expect(await bridge.stop()).toBe(0);
      // Neither the next start on the full disk nor one with space loses the damaged file, or speaks of an empty one.
      const { log } = bridge;
      disk.free();
      await bridge.start();
      expect(bridge.log.slice(log.length)).not.toContain("the state file is empty");
      expect(await bridge.stop()).toBe(0);
      expect(disk.files.filter((name) => name.includes("damaged"))).toHaveLength(1);
      expect(existsSync(path)).toBe(true);
    },
  );

  it.runIf(isWholeCheck)(
    "when a damaged row is set aside: the rest goes on, and an alert about Tocsin itself says so",
    async () => {
      using disk = new SmallDisk();
      await using bed = await AppBed.open();
      const path = join(disk.path, "tocsin.db");
      await using bridge = bridgeOf(bed, { path });
      await bridge.start();
      bed.api.create(broken("web"));
      await expectTold(bed, ["web"]);
      expect(await bridge.stop()).toBe(0);
      using database = new DatabaseSync(path);
      database.exec("UPDATE entity SET state = '{' WHERE kind = 'group'");
      database.close();
      disk.fill();
      await bridge.launch();
      await bridge.until(() => bridge.log.includes("some stored states cannot be read; they are left out"));
      expect(bridge.log).toContain("not moved, since the disk is full");
      const title = "part of the stored state cannot be read";
      await bed.until(() => bed.receiver.requests.some(({ body }) => body.includes(title)));
      disk.free();
      await bridge.ready();
      expect(await bridge.stop()).toBe(0);
    },
  );
});
