import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Queries } from "../../src/store/index.ts";
import { makeDecision } from "./make-decision.ts";
import { makeDelivery, makeNotification } from "./make-delivery.ts";
import { makeEnded } from "./make-ended.ts";
import { makeAlert, makeObject } from "./notifications.ts";
import { OwnedStore } from "./owned-store.ts";
import type { StoreBed } from "./store-bed.ts";

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;

type Query = Partial<Parameters<Queries["history"]>[0]>;

/** The tests of the history that every implementation of `EngineStore` and `Queries` passes. */
export function describeHistory(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as history`, () => {
    let store: OwnedStore;
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await open();
      store = await OwnedStore.of(...bed.hosts);
    });
    afterEach(() => store.close());

    const list = (query: Query = {}) => store.queries.history({ since: 0, limit: 100, ...query });
    const idsOf = async (query: Query = {}): Promise<string[]> =>
      (await list(query)).rows.map(({ id }) => id);
    /** A delivery with a message about the alert of this fingerprint. */
    const about = (fingerprint: string, id: string, over: Parameters<typeof makeDelivery>[1] = {}) => ({
      ...makeDelivery(id, over),
      notification: makeNotification({
        id,
        kind: over.kind ?? "firing",
        alerts: [makeAlert({ fingerprint })],
      }),
    });
    const waiting = (deliveryId: string, sink = "ops") => ({ sink, groupKey: "g", deliveryId });
    const settle = async (id: string, outcome: "delivered" | "dead"): Promise<void> => {
      await store.lease();
      await store.settle([
        outcome === "dead" ? { id, outcome, at: 2000, error: "refused" } : { id, outcome, at: 2000 },
      ]);
    };

    it("gives back all of an alert that has ended", async () => {
      const objects = [makeObject(), makeObject({ name: "web-2", message: "x".repeat(500) })];
      const ended = makeEnded("a", { alert: { objects, objectsOmitted: 3, occurrences: 7 } });
      await store.commit({ ended: [ended] });
      const { fingerprint, rule, severity, labels, title, text, runbook, dashboard, resolvedBy } =
        ended.alert;
      const row = await store.queries.ended("a");
      expect(row).toEqual({
        id: "a",
        fingerprint,
        rule,
        severity,
        labels,
        title,
        text,
        runbook,
        dashboard,
        resolvedBy,
        occurrences: 7,
        objects: [objects[0], { ...objects[1], message: expect.stringMatching(/^x+…x+$/u) }],
        objectsOmitted: 3,
        firstSeenAt: 80_000,
        firedAt: 90_000,
        resolvedAt: 100_000,
        told: ["ops"],
        reason: "cleared_before_notice",
        waits: false,
      });
      expect((await list()).rows).toEqual([row]);
      expect(await store.queries.ended("b")).toBeUndefined();
    });

    it("keeps an alert once, however often its Changes are committed, and over a restart", async () => {
      const changes = {
        ended: [makeEnded("a")],
        activity: [{ bucket: 0, rule: "r", severity: "info" as const, opened: 1, occurrences: 5 }],
        deliveries: [about("f-a", "d1")],
        lateNews: [{ fingerprint: "f-a", sink: "ops", deliveryId: "d1" }],
      };
      await store.commit(changes);
      await store.commit(changes);
      if (bed.reopen !== undefined) {
        store = await OwnedStore.of(...(await bed.reopen()));
        await store.commit(changes);
      }
      expect(await idsOf()).toEqual(["a"]);
      const strip = await store.queries.activity({ from: 0, stepMs: HALF_HOUR_MS, steps: 1 });
      expect(strip).toEqual([{ rule: "r", severity: "info", opened: [1], occurrences: [5] }]);
      expect(await store.engine.activity()).toEqual(changes.activity);
    });

    it("keeps nothing of Changes that are not committed", async () => {
      const broken = makeDelivery("d1", { createdAt: Number.NaN });
      await expect(store.commit({ ended: [makeEnded("a")], deliveries: [broken] })).rejects.toMatchObject({
        code: "ERR_STORE",
      });
      expect(await idsOf()).toEqual([]);
    });

    it("lists the one that ended last first, narrowed by what is asked", async () => {
      await store.commit({
        ended: [
          makeEnded("a", { resolvedAt: 100_000, alert: { rule: "x", severity: "critical" } }),
          makeEnded("c", {
            resolvedAt: 300_000,
            told: [],
            firedAt: undefined,
            alert: { labels: { namespace: "pay" } },
          }),
          makeEnded("b", { resolvedAt: 200_000, told: [], alert: { fingerprint: "f-a", rule: "x" } }),
        ],
      });
      const narrowed: [Query, string[]][] = [
        [{}, ["c", "b", "a"]],
        [{ since: 200_000 }, ["c", "b"]],
        // First seen twenty seconds before its end.
        [{ before: 280_000 }, ["b", "a"]],
        [{ rule: "x" }, ["b", "a"]],
        [{ severity: "critical" }, ["a"]],
        [{ namespace: "pay" }, ["c"]],
        [{ fingerprint: "f-a" }, ["b", "a"]],
        [{ fingerprint: "f-a", rule: "other" }, []],
        [{ which: "fired" }, ["b", "a"]],
        [{ which: "told" }, ["a"]],
        [{ which: "untold" }, ["c", "b"]],
      ];
      for (const [query, ids] of narrowed) expect(await idsOf(query)).toEqual(ids);
    });

    it("finds words in any case, and takes none of them for a pattern", async () => {
      await store.commit({
        ended: [
          makeEnded("a", { alert: { title: "Back off: Deployment ÄPFEL", text: "100%_sure" } }),
          makeEnded("b", { alert: { objects: [makeObject({ name: "pay-7" })] } }),
        ],
      });
      const found: [string, string[]][] = [
        ["back OFF", ["a"]],
        ["äpfel", ["a"]],
        ["100%_", ["a"]],
        ["1%s", []],
        ["_", ["a"]],
        ["PAY-7", ["b"]],
        ["image-pull", ["b", "a"]],
        ["f-b", ["b"]],
      ];
      for (const [text, ids] of found) expect(await idsOf({ text })).toEqual(ids);
    });

    it("goes on behind a cursor, also among ends of one moment, whatever has come since", async () => {
      const names = Array.from({ length: 25 }, (_, index) => String(index));
      for (const id of names)
        await store.commit({ ended: [makeEnded(id, { resolvedAt: 50_000 + (Number(id) % 3) })] });
      const all = await idsOf();
      expect(all).toHaveLength(25);
      const listed: string[] = [];
      let page = await list({ limit: 4 });
      for (;;) {
        listed.push(...page.rows.map(({ id }) => id));
        if (page.next === undefined) break;
        await store.commit({ ended: [makeEnded(`new${listed.length}`, { resolvedAt: 90_000 })] });
        page = await list({ limit: 4, after: page.next });
      }
      expect(listed).toEqual(all);
      await expect(list({ after: [1] })).rejects.toMatchObject({ code: "ERR_USAGE" });
    });

    it("looks through many alerts for a rare one, page by page", async () => {
      const ended = Array.from({ length: 21_000 }, (_, index) =>
        makeEnded(String(index), {
          resolvedAt: 100_000 + index,
          alert: { title: index % 7000 === 5 ? "rare" : "often", rule: "r", objects: [], text: "" },
        }),
      );
      await store.commit({ ended });
      for (const rule of ["r", undefined]) {
        const first = await list({ text: "rare", limit: 2, rule });
        expect(first.rows.map(({ id }) => id)).toEqual(["14005", "7005"]);
        const rest = await list({ text: "rare", limit: 2, rule, after: first.next });
        expect(rest).toMatchObject({ rows: [{ id: "5" }], next: undefined });
      }
    });

    it("learns of a message that is accepted after the end", async () => {
      await store.commit({ deliveries: [about("f-a", "d1")] });
      await store.commit({
        ended: [makeEnded("a", { told: [], unaccepted: [waiting("d1")], reason: "not_accepted" })],
      });
      expect(await store.queries.ended("a")).toMatchObject({ told: [], waits: true });
      await settle("d1", "delivered");
      expect(await store.queries.ended("a")).toMatchObject({ told: ["ops"], waits: false });
    });

    it("knows of a message that was accepted before the engine heard of it", async () => {
      await store.commit({ deliveries: [about("f-a", "d1")] });
      await settle("d1", "delivered");
      await store.commit({ ended: [makeEnded("a", { told: ["mail"], unaccepted: [waiting("d1")] })] });
      expect(await store.queries.ended("a")).toMatchObject({ told: ["mail", "ops"], waits: false });
    });

    it("learns of the end itself, which has taken the place of the first message", async () => {
      await store.commit({ deliveries: [about("f-a", "d1")] });
      const { notification } = about("f-a", "d2", { kind: "resolved" });
      const end = {
        ...about("f-a", "d2", { kind: "resolved", opening: false }),
        ifOpeningUnsent: notification,
      };
      await store.commit({
        deliveries: [end],
        ended: [makeEnded("a", { told: [], unaccepted: [waiting("d1")] })],
      });
      await settle("d2", "delivered");
      expect(await store.queries.ended("a")).toMatchObject({ told: ["ops"] });
    });

    it("says that nobody was told when the message was never sent, is dead, or is about others", async () => {
      await store.commit({ deliveries: [about("f-a", "d1"), about("f-b", "d2", { groupKey: "h" })] });
      const unsent = about("f-a", "d3", { kind: "resolved", opening: false });
      await store.commit({
        deliveries: [unsent],
        ended: [
          makeEnded("a", { told: [], unaccepted: [waiting("d1")], reason: "not_accepted" }),
          makeEnded("b", {
            told: [],
            unaccepted: [{ ...waiting("d2"), groupKey: "h" }],
            reason: "not_accepted",
          }),
        ],
      });
      await store.commit({ deliveries: [about("f-other", "d4")] });
      await settle("d4", "delivered");
      await settle("d2", "dead");
      for (const id of ["a", "b"])
        expect(await store.queries.ended(id)).toMatchObject({
          told: [],
          waits: false,
          reason: "not_accepted",
        });
    });

    it("learns of a dead letter that somebody has sent again", async () => {
      await store.commit({ deliveries: [about("f-a", "d1")] });
      await settle("d1", "dead");
      await store.commit({ ended: [makeEnded("a", { told: [], unaccepted: [waiting("d1")] })] });
      await store.host.deadLetters.retry(["d1"], 1000);
      expect(await store.queries.ended("a")).toMatchObject({ told: [], waits: true });
      await settle("d1", "delivered");
      expect(await store.queries.ended("a")).toMatchObject({ told: ["ops"] });
    });

    it("learns of a digest that names an alert which is over, the last of its fingerprint", async () => {
      await store.commit({
        ended: ["a", "b"].map((id) => makeEnded(id, { told: [], alert: { fingerprint: "f" } })),
      });
      await store.commit({
        deliveries: [about("f", "d1", { kind: "digest", groupKey: "digest/d1" })],
        lateNews: [
          { fingerprint: "f", sink: "ops", deliveryId: "d1" },
          { fingerprint: "unknown", sink: "ops", deliveryId: "d1" },
        ],
      });
      await settle("d1", "delivered");
      expect((await list()).rows.map(({ id, told }) => [id, told])).toEqual([
        ["b", ["ops"]],
        ["a", []],
      ]);
    });

    it("forgets an alert after 30 days, and one that never fired after seven", async () => {
      await store.commit({
        ended: [
          makeEnded("old", { resolvedAt: DAY_MS }),
          makeEnded("unfired", { resolvedAt: DAY_MS, firedAt: undefined }),
          makeEnded("newer", { resolvedAt: 5 * DAY_MS, firedAt: undefined }),
        ],
        activity: [
          { bucket: 0, rule: "r", severity: "info", opened: 1, occurrences: 1 },
          { bucket: 2 * DAY_MS, rule: "r", severity: "info", opened: 1, occurrences: 1 },
        ],
      });
      await store.engine.trim(8 * DAY_MS + 1);
      expect(await idsOf()).toEqual(["newer", "old"]);
      await store.engine.trim(31 * DAY_MS + 1);
      expect(await idsOf()).toEqual([]);
      const strip = await store.queries.activity({ from: 0, stepMs: DAY_MS, steps: 3 });
      expect(strip).toMatchObject([{ opened: [0, 0, 1] }]);
    });

    it("says from when on nothing is missing, also after a restart", async () => {
      const kept = () => store.queries.kept();
      // Before the first trim nothing is promised of the time before now.
      expect(await kept()).toEqual({ history: 1000, activity: 1000, decisions: 1000 });
      await store.engine.trim(500);
      await store.engine.trim(600);
      if (bed.reopen !== undefined) store = await OwnedStore.of(...(await bed.reopen()));
      expect(await kept()).toEqual({ history: 500, activity: 500, decisions: 500 });
      const end = { resolvedAt: 700, firstSeenAt: 600 };
      await store.commit({
        ended: [makeEnded("old", end), makeEnded("quiet", { ...end, resolvedAt: 900, firedAt: undefined })],
        decisions: [makeDecision({ at: 800 })],
        activity: [
          { bucket: HALF_HOUR_MS, rule: "r", severity: "info", opened: 1, occurrences: 1 },
          { bucket: 2 * HALF_HOUR_MS, rule: "r", severity: "info", opened: 1, occurrences: 1 },
        ],
      });
      await store.engine.trim(30 * DAY_MS + 2 * HALF_HOUR_MS);
      expect(await kept()).toEqual({ history: 701, activity: HALF_HOUR_MS + 1, decisions: 801 });
    });

    it("sums activity by steps, over days", async () => {
      const count = (
        halfHour: number,
        opened: number,
        rule = "r",
        severity: "info" | "critical" = "info",
      ) => ({
        bucket: halfHour * HALF_HOUR_MS,
        rule,
        severity,
        opened,
        occurrences: 10 * opened,
      });
      await store.commit({ activity: [count(0, 1), count(47, 2), count(48, 3), count(95, 4), count(96, 5)] });
      await store.commit({ activity: [count(96, 6), count(97, 1, "r", "critical"), count(300, 9)] });
      const strip = await store.queries.activity({ from: DAY_MS, stepMs: DAY_MS, steps: 3 });
      const sorted = strip.toSorted((a, b) => (a.severity < b.severity ? -1 : 1));
      expect(sorted).toEqual([
        { rule: "r", severity: "critical", opened: [0, 1, 0], occurrences: [0, 10, 0] },
        { rule: "r", severity: "info", opened: [7, 6, 0], occurrences: [70, 60, 0] },
      ]);
    });
  });
}
