import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AlertRow } from "../../src/alert/alert-rows.ts";
import { noLoad } from "../../src/alert/dispatch/storm.ts";
import type { GroupState, NotifiedAlert, Silence, StoredEntity } from "../../src/alert/index.ts";
import type { Position, SeenRow } from "../../src/event/index.ts";
import { toEntityChanges } from "./entity-changes.ts";
import { loadEntities } from "./load-entities.ts";
import { makeDelivery, makeRecord } from "./make-delivery.ts";
import { OwnedStore } from "./owned-store.ts";
import type { StoreBed } from "./store-bed.ts";

const HOUR_MS = 3_600_000;

/** The tests that every implementation of `EngineStore` passes. */
export function describeEngineStore(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as an EngineStore`, () => {
    let bed: StoreBed;
    let store: OwnedStore;
    beforeEach(async () => {
      bed = await open();
      store = await OwnedStore.of(...bed.hosts);
    });
    afterEach(() => store.close());

    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);
    const reopen = async (): Promise<void> => {
      if (bed.reopen !== undefined) store = await OwnedStore.of(...(await bed.reopen()));
    };

    describe("engine state", () => {
      it("is empty at first", async () => {
        expect(await store.engine.positions()).toEqual([]);
        expect(await loadEntities(store.engine)).toEqual([]);
      });

      it("gives back after a restart what was committed last", async () => {
        await store.commit({
          positions: [makePosition({ resourceVersion: "1" })],
          entities: toEntityChanges({
            alert: { put: [makeAlert("a"), makeAlert("b")], forget: [] },
            group: { put: [makeGroup("g"), makeGroup("h")], forget: [] },
            rule: { put: [{ name: "r", version: "1", since: 0 }], forget: [] },
            load: { put: [noLoad("ops"), noLoad("pager")], forget: [] },
            silence: { put: [makeSilence("s"), makeSilence("t")], forget: [] },
          }),
        });
        await store.commit({
          positions: [makePosition({ resourceVersion: "2" })],
          entities: toEntityChanges({
            alert: { put: [makeAlert("a", { occurrences: 9 })], forget: ["b"] },
            group: { put: [makeGroup("g", { flushAt: 5 })], forget: ["h"] },
            rule: { put: [{ name: "r", version: "2", since: 7 }], forget: [] },
            load: { put: [{ ...noLoad("ops"), openings: [9] }], forget: ["pager"] },
            silence: { put: [makeSilence("s", { usedAt: 9 })], forget: ["t"] },
          }),
        });
        await reopen();
        expect(await store.engine.positions()).toEqual([makePosition({ resourceVersion: "2" })]);
        const entities = await loadEntities(store.engine);
        expect(entities.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
          { kind: "alert", version: 1, state: makeAlert("a", { occurrences: 9 }) },
          { kind: "group", version: 1, state: makeGroup("g", { flushAt: 5 }) },
          { kind: "load", version: 2, state: { ...noLoad("ops"), openings: [9] } },
          { kind: "rule", version: 1, state: { name: "r", version: "2", since: 7 } },
          { kind: "silence", version: 1, state: makeSilence("s", { usedAt: 9 }) },
        ]);
      });

      it("keeps entities in the order in which each was first stored, however many there are", async () => {
        const alerts = Array.from({ length: 1200 }, (_, index) => makeAlert(`f${index}`));
        await store.commit({ entities: toEntityChanges({ alert: { put: alerts, forget: [] } }) });
        await store.commit({
          entities: toEntityChanges({ alert: { put: [makeAlert("f0")], forget: ["f500"] } }),
        });
        const keys = (await loadEntities(store.engine)).map(({ state }) => (state as AlertRow).fingerprint);
        expect(keys).toEqual(alerts.map(({ fingerprint }) => fingerprint).filter((key) => key !== "f500"));
      });

      it("hands each alert over together with its parts, wherever they are stored", async () => {
        const parts = (fingerprint: string): StoredEntity["state"][] => [
          { fingerprint, index: 0, member: { key: "c/Pod/shop/a/" } },
          { fingerprint, index: 1, member: { key: "c/Pod/shop/b/" } },
          { fingerprint, event: { cluster: "c" }, sources: [] },
          { fingerprint, cluster: "c", membersOmitted: ["x"] },
        ];
        // The names sort close to each other, and one is the beginning of another.
        const names = [...Array.from({ length: 700 }, (_, index) => `f${index}`), "f", "f-"];
        const put = (kind: "alert" | "event" | "omitted" | "member", states: readonly unknown[]) =>
          // Rows of the store's own shape, shortened.
          store.commit({ entities: toEntityChanges({ [kind]: { put: states as never[], forget: [] } }) });
        const all = names.map(parts);
        await put(
          "omitted",
          all.map((states) => states[3]),
        );
        await put(
          "member",
          all.map((states) => states[1]),
        );
        await put(
          "alert",
          names.map((name) => makeAlert(name)),
        );
        await put(
          "event",
          all.map((states) => states[2]),
        );
        await put(
          "member",
          all.map((states) => states[0]),
        );
        const loaded = new Map<string, StoredEntity["state"][]>();
        let steps = 0;
        await store.engine.load((step) => {
          steps++;
          const fingerprintOf = ({ state }: StoredEntity): string => (state as AlertRow).fingerprint;
          const alerts = step.filter(({ kind }) => kind === "alert").map(fingerprintOf);
          for (const name of alerts) loaded.set(name, []);
          for (const entity of step)
            if (entity.kind !== "alert") loaded.get(fingerprintOf(entity))?.push(entity.state);
        });
        const ordered = (states: readonly unknown[]): string[] =>
          states.map((state) => JSON.stringify(state)).toSorted();
        expect([...loaded.keys()]).toEqual(names);
        expect([...loaded.values()].map(ordered)).toEqual(all.map(ordered));
        expect(steps).toBeGreaterThan(1);
      });

      it("remembers seen rows by lineage and replaces them", async () => {
        await store.commit({ seen: [makeSeen("test/1/shop/a"), makeSeen("test/1/shop/b")] });
        await store.commit({ seen: [makeSeen("test/1/shop/a", { count: 4, uid: "u2" })] });
        const found = await store.engine.seen(["test/1/shop/a", "test/1/shop/b", "test/1/shop/none"]);
        expect([...found.keys()]).toEqual(["test/1/shop/a", "test/1/shop/b"]);
        expect(found.get("test/1/shop/a")).toEqual(makeSeen("test/1/shop/a", { count: 4, uid: "u2" }));
      });

      it("keeps one position for each cluster and scope, and owners and seen rows of each cluster", async () => {
        const [test, dev] = [makePosition(), makePosition({ cluster: "dev", clusterId: "d" })];
        const pay = makePosition({ scope: "core/pay" });
        const owner = { owner: "ReplicaSet/web", node: "", expiresAt: HOUR_MS };
        const names = ["test/Pod/shop/web", "dev/Pod/shop/web", "te%2Fst/Pod/shop/web"];
        await store.commit({
          positions: [test, dev, pay],
          owners: names.map((object) => ({ ...owner, object })),
          seen: [makeSeen("test/1/shop/a"), makeSeen("dev/1/shop/a")],
        });
        const moved = { ...dev, resourceVersion: "200" };
        await store.commit({ positions: [moved], seen: [makeSeen("dev/1/shop/a", { count: 9 })] });
        const positions = await store.engine.positions();
        expect(positions).toHaveLength(3);
        expect(positions).toEqual(expect.arrayContaining([test, moved, pay]));
        const seen = await store.engine.seen(["test/1/shop/a", "dev/1/shop/a"]);
        expect([...seen.values()].map(({ count }) => count)).toEqual([makeSeen("").count, 9]);
        expect([...(await store.engine.owners(names)).keys()]).toEqual(names);
      });

      it("keeps an owner that is known, and takes the newer node", async () => {
        const row = { object: "test/Pod/shop/web-1", owner: "", node: "n1", expiresAt: HOUR_MS };
        await store.commit({ owners: [row] });
        await store.commit({ owners: [{ ...row, owner: "ReplicaSet/web", node: "" }] });
        await store.commit({ owners: [{ ...row, owner: "ReplicaSet/other", node: "n2" }] });
        const found = await store.engine.owners([row.object, "test/Pod/shop/none"]);
        expect([...found.values()]).toEqual([{ ...row, owner: "ReplicaSet/web", node: "n2" }]);
      });

      it("keeps an owner that a commit renews, and forgets one that was only asked for", async () => {
        const row = { owner: "ReplicaSet/web", node: "", expiresAt: HOUR_MS };
        await store.commit({
          owners: [
            { ...row, object: "test/Pod/shop/used" },
            { ...row, object: "test/Pod/shop/unused" },
          ],
        });
        await store.engine.owners(["test/Pod/shop/used", "test/Pod/shop/unused"]);
        await store.commit({ owners: [{ ...row, object: "test/Pod/shop/used", expiresAt: 3 * HOUR_MS }] });
        await store.engine.trim(2 * HOUR_MS);
        const found = await store.engine.owners(["test/Pod/shop/used", "test/Pod/shop/unused"]);
        expect([...found.keys()]).toEqual(["test/Pod/shop/used"]);
      });

      it("forgets expired seen rows and keeps the others", async () => {
        await store.commit({
          seen: [makeSeen("test/1/shop/old"), makeSeen("test/1/shop/young", { expiresAt: 9 * HOUR_MS })],
        });
        await store.engine.trim(2 * HOUR_MS);
        expect([...(await store.engine.seen(["test/1/shop/old", "test/1/shop/young"])).keys()]).toEqual([
          "test/1/shop/young",
        ]);
      });
    });

    describe("commit", () => {
      it("leaves nothing behind when a part of it fails, and works when it is repeated", async () => {
        const broken: unknown = { ...makeRecord("r1"), createdAt: undefined };
        const changes = {
          positions: [makePosition()],
          seen: [makeSeen("test/1/shop/a")],
          deliveries: [makeDelivery("d1")],
        };
        // A record without a time cannot be stored; the type forbids it, which is the point.
        await expect(
          store.commit({ ...changes, records: [broken as ReturnType<typeof makeRecord>] }),
        ).rejects.toMatchObject({
          code: "ERR_STORE",
        });
        expect(store.host.isWritable()).toBe(false);
        expect(await store.engine.positions()).toEqual([]);
        expect((await store.engine.seen(["test/1/shop/a"])).size).toBe(0);
        expect(await store.lease()).toEqual([]);
        await store.commit({ ...changes, records: [makeRecord("r1")] });
        expect(store.host.isWritable()).toBe(true);
        expect(ids(await store.lease())).toEqual(["d1"]);
        expect(ids(await store.leaseRecords())).toEqual(["r1"]);
      });

      it("changes nothing when it is repeated, whatever has become of its rows", async () => {
        const changes = {
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
          records: [makeRecord("r1"), makeRecord("r2")],
        };
        await store.commit(changes);
        await store.commit(changes);
        await store.lease(1000, { limit: 1 });
        await store.leaseRecords(1000, { limit: 1 });
        await store.settle([
          { id: "d1", outcome: "delivered", at: 1000 },
          { id: "r1", outcome: "delivered", at: 1000 },
        ]);
        await store.commit(changes);
        expect(ids(await store.lease())).toEqual(["d2"]);
        expect(ids(await store.leaseRecords())).toEqual(["r2"]);
        expect(await store.outcomes()).toEqual(["d1 delivered"]);
      });
    });

    describe("commands", () => {
      const silence = makeSilence("s");
      const pending = () => store.engine.commands(10);

      it("are given in their order until a commit has done them, also after a restart", async () => {
        const { commands } = store.host;
        await commands.put({ id: "c1", kind: "silence", silence });
        await commands.put({ id: "c2", kind: "unsilence", silenceId: "s" });
        await commands.put({ id: "c2", kind: "unsilence", silenceId: "s" });
        await commands.put({ id: "c3", kind: "reload" });
        await store.commit({ doneCommands: ["c1"] });
        await reopen();
        expect(await pending()).toEqual([
          { id: "c2", kind: "unsilence", silenceId: "s" },
          { id: "c3", kind: "reload" },
        ]);
        expect(await store.engine.commands(1)).toHaveLength(1);
        expect(await store.host.commands.isPending("c1")).toBe(false);
        expect(await store.host.commands.isPending("c3")).toBe(true);
      });

      it("are refused when a thousand wait already", async () => {
        const { commands } = store.host;
        const taken = await Promise.allSettled(
          Array.from({ length: 1001 }, (_, index) => commands.put({ id: `c${index}`, kind: "reload" })),
        );
        const refused = taken.filter(({ status }) => status === "rejected");
        expect(refused).toMatchObject([{ reason: { code: "ERR_STORE" } }]);
        expect(String(refused[0]?.status === "rejected" && refused[0].reason)).toContain(
          "commands wait already",
        );
      });
    });

    describe("outcomes", () => {
      it("are given until a commit notes them, with the alerts that were firing", async () => {
        const delivery = makeDelivery("d1");
        // Only these fields of an alert are read.
        const alerts = [
          { fingerprint: "a", status: "firing" },
          { fingerprint: "b", status: "resolved" },
        ] as NotifiedAlert[];
        await store.commit({
          deliveries: [
            { ...delivery, notification: { ...delivery.notification, alerts } },
            makeDelivery("d2", { groupKey: "h" }),
          ],
        });
        await store.lease();
        await store.settle([
          { id: "d2", outcome: "delivered", at: 2000 },
          { id: "d1", outcome: "delivered", at: 1999 },
        ]);
        const first = {
          sink: "ops",
          groupKey: "g",
          kind: "firing",
          outcome: "delivered",
          firing: ["a"],
          at: 1999,
        };
        expect(await store.engine.outcomes(1)).toEqual([{ ...first, id: "d1" }]);
        expect(await store.outcomes()).toEqual(["d1 delivered", "d2 delivered"]);
        await store.commit({ notedOutcomes: ["d1"] });
        expect(await store.outcomes()).toEqual(["d2 delivered"]);
      });

      it("survive the trimming until they are noted", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await store.settle([{ id: "d1", outcome: "delivered", at: 1000 }]);
        await store.engine.trim(1000 * HOUR_MS);
        expect(await store.outcomes()).toEqual(["d1 delivered"]);
      });
    });
  });
}

function makePosition(over: Partial<Position> = {}): Position {
  return {
    cluster: "test",
    scope: "core/",
    clusterId: "c",
    epoch: 1,
    resourceVersion: "100",
    coverageStartAt: 0,
    updatedAt: 1000,
    ...over,
  };
}

function makeSilence(id: string, over: Partial<Silence> = {}): Silence {
  return {
    id,
    origin: "api",
    match: { namespace: { like: "shop-*" } },
    from: 1000,
    until: 2000,
    untilResolved: false,
    schedule: { zone: "UTC", times: ["18:00-08:00"] },
    author: "me",
    comment: "upgrade",
    createdAt: 1000,
    usedAt: 1500,
    ...over,
  };
}

/** A seen row. */
export function makeSeen(lineage: string, over: Partial<SeenRow> = {}): SeenRow {
  return {
    lineage,
    uid: "u1",
    resourceVersion: "100",
    count: 1,
    firstSeenAt: 0,
    lastSeenAt: 0,
    expiresAt: HOUR_MS,
    ...over,
  };
}

/** The store reads nothing but the key of a state, and the columns of an alert. */
function makeAlert(fingerprint: string, over: Partial<AlertRow> = {}): AlertRow {
  return {
    fingerprint,
    rule: "r",
    phase: "firing",
    severity: "warning",
    labels: { cluster: "c", namespace: "shop" },
    openedAt: 1000,
    destinations: [],
    occurrences: 1,
    ...over,
  } as AlertRow;
}

function makeGroup(key: string, over: Partial<GroupState> = {}): GroupState {
  return { key, route: "default", labels: {}, told: [], ...over } as GroupState;
}
