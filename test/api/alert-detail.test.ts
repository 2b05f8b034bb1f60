import { describe, expect, it } from "vitest";

import { AlertDetail } from "../../src/api/schemas/alert-detail.ts";
import { AlertPage } from "../../src/api/schemas/alert.ts";
import { Problem } from "../../src/api/schemas/problem.ts";
import { toAlertDetail } from "../../src/api/views/alert-detail.ts";
import { silentLogger } from "../../src/lib/log.ts";
import type { EventRing } from "../../src/ring/index.ts";
import { openSqliteStore, type Queries } from "../../src/store/index.ts";
import { makeAlert } from "../alert/make.ts";
import { RingBed } from "../ring/ring-bed.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { until } from "../support/until.ts";
import { ask } from "./ask.ts";
import { storeParts } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

const RULES = `
rules:
  - { name: it, match: { reason: Broken }, identity: [object] }
  - { name: else, match: {}, except: { reason: Broken }, identity: [object, reason] }
`;

/** The fingerprint of the alert with this rule and object. */
async function fingerprintOf(bed: AppBed, name: string, reason = "Broken"): Promise<string> {
  const find = async () =>
    (await ask(bed, "alerts", AlertPage)).items.find(
      ({ labels }) => labels["name"] === name && labels["reason"] === reason,
    );
  await bed.until(async () => (await find()) !== undefined);
  return (await find())?.fingerprint ?? "";
}

describe("one alert", () => {
  it("is the same as in the list, with cause and activity beside it", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    const fingerprint = await fingerprintOf(bed, "web");
    await bed.until(async () => (await ask(bed, "alerts", AlertPage)).items[0]?.sinks[0]?.state === "told");
    const { evidence, activity, ...rest } = await ask(bed, `alerts/${fingerprint}`, AlertDetail);
    const [listed] = (await ask(bed, "alerts", AlertPage)).items;
    // It says for how long it has still to be quiet.
    expect({ ...rest, stillOpen: "" }).toEqual({ ...listed, stillOpen: "" });
    expect(evidence).toBeNull();
    expect(activity?.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it("counts its own occurrences in each minute, and no others", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    await bed.ready();
    const noted = (name: string, reason: string, count: number): void => {
      const metadata = { name: `${name}.${reason}`, namespace: "shop" };
      const now = new Date(bed.clock.now()).toISOString();
      bed.api.create(
        broken(name, "shop", { metadata, reason, count, firstTimestamp: now, lastTimestamp: now }),
      );
    };
    noted("web", "Broken", 3);
    noted("web-2", "Broken", 5);
    noted("web", "Other", 7);
    noted("web", "Another", 11);
    for (const [reason, count] of [
      ["Broken", 3],
      ["Other", 7],
      ["Another", 11],
    ] as const) {
      const detail = await ask(bed, `alerts/${await fingerprintOf(bed, "web", reason)}`, AlertDetail);
      expect([detail.occurrences, detail.activity?.counts.reduce((sum, each) => sum + each, 0)]).toEqual([
        count,
        count,
      ]);
      expect(detail.activity).toMatchObject({ from: expect.stringMatching(/:00\.000Z$/u), stepSeconds: 60 });
      expect(detail.activity?.counts.length).toBeLessThanOrEqual(60);
    }
  });

  it("spreads what one state counts over its time, since nobody knows when each was", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", RULES);
    bed.configure({ kubernetes: { kubeconfig: "kubeconfig", startFrom: "all", enrich: "off" } });
    await bed.ready();
    const at = (minutesAgo: number): string => new Date(bed.clock.now() - minutesAgo * 60_000).toISOString();
    bed.api.create(broken("web", "shop", { count: 101, firstTimestamp: at(10), lastTimestamp: at(0) }));
    const { activity } = await ask(bed, `alerts/${await fingerprintOf(bed, "web", "Broken")}`, AlertDetail);
    expect(activity?.counts.reduce((sum, count) => sum + count, 0)).toBe(101);
    expect(activity?.counts.length).toBe(11);
    expect(Math.max(...(activity?.counts ?? []))).toBeLessThanOrEqual(10);
    expect(Math.min(...(activity?.counts ?? []))).toBeGreaterThanOrEqual(9);
  });

  it("counts further happenings of an Event that is counted up once", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const counted = (count: number) => ({
      metadata: { name: "web.1", namespace: "shop" },
      count,
      firstTimestamp: new Date(bed.clock.now()).toISOString(),
      lastTimestamp: new Date(bed.clock.now()).toISOString(),
    });
    bed.api.create(broken("web", "shop", counted(2)));
    const fingerprint = await fingerprintOf(bed, "web");
    const { count, lastTimestamp } = counted(9);
    bed.api.patch("shop", "web.1", { count, lastTimestamp });
    const detail = () => ask(bed, `alerts/${fingerprint}`, AlertDetail);
    await bed.until(async () => (await detail()).occurrences === 9);
    // The activity may be a moment older than the alert.
    await bed.until(async () => {
      const { counts = [] } = (await detail()).activity ?? {};
      return counts.reduce((sum, each) => sum + each, 0) === 9;
    });
  });

  it("reads the Events once for all who look at it", async () => {
    const host = await openSqliteStore({ path: ":memory:", clock: new FakeClock(), log: silentLogger });
    const store = await OwnedStore.of(host);
    await store.commit({ entities: alertChanges([makeAlert("a")]) });
    const { ring, clock } = new RingBed();
    const reads = { asked: 0, ring: 0 };
    const queries: Queries = {
      ...host.queries,
      alerts: (query) => {
        reads.asked += 1;
        return host.queries.alerts(query);
      },
    };
    const counting: Pick<EventRing, "epoch" | "read" | "get" | "oldestAt"> = {
      epoch: ring.epoch,
      get: (number) => ring.get(number),
      oldestAt: () => clock.now(),
      read: async (query) => {
        reads.ring += 1;
        await until(() => reads.asked === 8);
        return ring.read(query);
      },
    };
    await using api = await startApi({ ...storeParts(host), queries, ring: () => counting });
    const { rows } = await host.queries.alerts({ limit: 1 });
    const asked = Array.from({ length: 8 }, () => fetch(`${api.url}/alerts/${rows[0]?.fingerprint}`));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(reads).toEqual({ asked: 8, ring: 1 });
    await store.close();
  });

  it("that is not open is 404, and named for what it is: hostile ids too", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    for (const id of ["none", "<script>", "a%2Fb", "%22%5C", "__proto__"]) {
      for (const path of [`alerts/${id}`, `alerts/${id}/timeline`]) {
        const problem = await ask(bed, path, Problem, { status: 404 });
        expect(problem).toEqual({ error: expect.stringMatching(/may have ended$/u), history: null });
      }
    }
  });

  it("shows the cause without lines of logs", () => {
    const evidence = {
      at: "2026-06-01T10:00:00.000Z",
      summary: "exit 137",
      facts: [],
      containers: [],
      workload: null,
      changes: [],
    };
    const logs = [{ object: "Pod/web", container: "app", lines: ["secret"] }];
    // The other fields are passed on as they are.
    const detail = toAlertDetail({} as AlertDetail, { ...evidence, logs }, null);
    expect(detail).toEqual({ evidence, activity: null });
  });
});
