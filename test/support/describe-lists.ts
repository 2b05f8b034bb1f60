import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AlertState, GroupState } from "../../src/alert/index.ts";
import type { SentAlert } from "../../src/alert/state.ts";
import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import type { Cursor, Page } from "../../src/store/index.ts";
import { makeAlert, makeGroup } from "../alert/make.ts";
import { alertChanges, together, toEntityChanges } from "./entity-changes.ts";
import { OwnedStore } from "./owned-store.ts";
import type { StoreBed } from "./store-bed.ts";

interface Kept {
  readonly alerts?: readonly AlertState[];
  readonly groups?: readonly GroupState[];
  readonly forget?: readonly string[];
}

/** The tests of lists of alerts, groups and silences, for every implementation of `Queries`. */
export function describeLists(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as Queries of what the engine keeps`, () => {
    let store: OwnedStore;
    beforeEach(async () => {
      store = await OwnedStore.of(...(await open()).hosts);
    });
    afterEach(() => store.close());

    const keep = ({ alerts = [], groups = [], forget = [] }: Kept): Promise<void> =>
      store.commit({
        entities: together(
          alertChanges(alerts, forget),
          toEntityChanges({ group: { put: groups, forget: [] } }),
        ),
      });
    const alertOf = (fingerprint: string, openedAt: number, more: Partial<AlertState> = {}): AlertState => ({
      ...makeAlert(fingerprint, more),
      fingerprint,
      openedAt,
    });
    const inGroups = (...keys: readonly string[]): Pick<AlertState, "destinations"> => ({
      destinations: keys.map((groupKey) => ({ groupKey, sinks: [`sink-of-${groupKey}`] })),
    });

    /** Every row of a list, page by page. */
    async function all<Row>(
      read: (after: Cursor | undefined) => Promise<Page<Row>>,
      meanwhile: () => Promise<void> = () => Promise.resolve(),
    ): Promise<readonly Row[]> {
      const rows: Row[] = [];
      for (let page = await read(undefined); ; page = await read(page.next)) {
        rows.push(...page.rows);
        if (page.next === undefined) return rows;
        await meanwhile();
      }
    }

    describe("the list of alerts", () => {
      const listed = async (query: object = {}): Promise<readonly string[]> =>
        (await store.queries.alerts({ limit: 100, ...query })).rows.map(({ fingerprint }) => fingerprint);

      it("gives them whole, the one that opened last first", async () => {
        const [a, b, c] = [alertOf("a", 1), alertOf("b", 3), alertOf("c", 3)];
        await keep({ alerts: [c, a, b] });
        const { rows, next } = await store.queries.alerts({ limit: 10 });
        expect(rows).toEqual([b, c, a]);
        expect(next).toBeUndefined();
      });

      it.each([
        [{ phases: ["pending"] }, ["p"]],
        [{ phases: ["pending", "firing"] }, ["p", "s", "n", "r"]],
        [{ severity: "critical" }, ["s"]],
        [{ rule: "other" }, ["r"]],
        [{ namespace: "pay" }, ["n"]],
        [{ namespace: "pay", severity: "critical" }, []],
        [{ sink: "sink-of-g" }, ["e", "n"]],
        [{ fingerprints: ["n", "p", "unknown"] }, ["p", "n"]],
        [{ fingerprints: [] }, []],
      ])("is narrowed by %j", async (query, expected) => {
        const labels = makeAlert("x").labels;
        await keep({
          alerts: [
            alertOf("r", 1, { rule: "other" }),
            alertOf("n", 2, { labels: { ...labels, namespace: "pay" }, ...inGroups("f", "g") }),
            alertOf("s", 3, { severity: "critical" }),
            alertOf("p", 4, { phase: "pending" }),
            alertOf("e", 5, { phase: "resolved", ...inGroups("g") }),
          ],
        });
        expect(await listed(query)).toEqual(expected);
      });

      it("follows what changes, and leaves out what is forgotten or kept only as a cause", async () => {
        await keep({ alerts: [alertOf("a", 1, { phase: "pending" }), alertOf("b", 2), alertOf("c", 3)] });
        await keep({
          alerts: [
            alertOf("a", 1, { phase: "firing", severity: "critical" }),
            alertOf("c", 3, { phase: "resolved", isTombstone: true }),
          ],
          forget: ["b"],
        });
        expect(await listed()).toEqual(["a"]);
        expect(await listed({ phases: ["firing"], severity: "critical" })).toEqual(["a"]);
        expect(await listed({ phases: ["pending"] })).toEqual([]);
      });

      it("shows each alert once and skips none, whatever opens and ends between two pages", async () => {
        const opened = Array.from({ length: 20 }, (_, n) => alertOf(`a${n}`, 1000 + Math.floor(n / 3)));
        await keep({ alerts: opened });
        let next = 0;
        const rows = await all(
          (after) => store.queries.alerts({ limit: 3, after }),
          // Newer ones open, an older one ends, and another one changes.
          async () => {
            next += 1;
            await keep({
              alerts: [alertOf(`new${next}`, 2000 + next), { ...alertOf("a0", 1000), occurrences: next }],
              forget: [`a${21 - next}`],
            });
          },
        );
        const seen = rows.map(({ fingerprint }) => fingerprint);
        expect(new Set(seen).size).toBe(seen.length);
        const staying = opened.map(({ fingerprint }) => fingerprint).filter((_, n) => n < 12);
        expect(seen).toEqual(expect.arrayContaining(staying));
        expect(seen.filter((fingerprint) => fingerprint.startsWith("new"))).toEqual([]);
      });

      it("goes on behind any of its alerts", async () => {
        const opened = [alertOf("a", 1), alertOf("b", 2), alertOf("c", 2), alertOf("d", 3)];
        await keep({ alerts: opened });
        const order = ["d", "b", "c", "a"];
        for (const [place, fingerprint] of order.entries()) {
          const alert = opened.find((each) => each.fingerprint === fingerprint);
          if (alert === undefined) throw new Error("an alert is missing");
          expect(await listed({ after: store.queries.cursorBehind(alert) })).toEqual(order.slice(place + 1));
        }
      });

      it("gives the labels and the severity alone as well", async () => {
        const [a, b] = [alertOf("a", 1), alertOf("b", 2, { phase: "resolved" })];
        await keep({ alerts: [a, b] });
        const { rows, next } = await store.queries.labels({ phases: ["firing"], limit: 1 });
        expect([rows, next]).toEqual([
          [{ fingerprint: "a", labels: a.labels, severity: a.severity }],
          undefined,
        ]);
      });

      it("is counted by rule and phase", async () => {
        await keep({
          alerts: [
            alertOf("a", 1),
            alertOf("b", 2),
            alertOf("c", 3, { phase: "pending" }),
            alertOf("d", 4, { rule: "other" }),
            alertOf("e", 5, { phase: "resolved", isTombstone: true }),
          ],
        });
        const { rule } = makeAlert("x");
        expect(new Set(await store.queries.alertCounts())).toEqual(
          new Set([
            { rule, phase: "firing", alerts: 2 },
            { rule, phase: "pending", alerts: 1 },
            { rule: "other", phase: "firing", alerts: 1 },
          ]),
        );
      });

      it("refuses a cursor of another list", async () => {
        await expect(store.queries.alerts({ limit: 1, after: ["x"] })).rejects.toThrow("another list");
      });
    });

    describe("the list of groups", () => {
      const groupOf = (key: string, more: Partial<GroupState> = {}): GroupState => ({
        ...makeGroup(more),
        key,
      });
      const listed = async (query: object = {}): Promise<readonly string[]> =>
        (await store.queries.groups({ limit: 100, ...query })).rows.map(({ key }) => key);

      it("gives the one that formed last first, and leaves out what is remembered for its past", async () => {
        const groups = ["g1", "g2", "g3", "g4"].map((key) => groupOf(key, { told: [] }));
        const { told } = makeGroup({ told: [sentTo("ops")] });
        await keep({
          groups: [...groups, groupOf("g5", { told })],
          alerts: [alertOf("a", 1, inGroups("g1", "g3"))],
        });
        // A change does not make it younger.
        await keep({ groups: [groupOf("g1", { told: [], moved: true })] });
        expect(await listed()).toEqual(["g5", "g3", "g1"]);
        expect(await store.queries.groupCount()).toBe(2);
        expect((await store.queries.groups({ limit: 1 })).rows).toEqual([groupOf("g5", { told })]);
      });

      it("is narrowed by route, by sink and by key, page by page", async () => {
        await keep({
          groups: [
            groupOf("g1", { told: [sentTo("ops")] }),
            groupOf("g2", { route: "night", told: [sentTo("ops"), sentTo("mail")] }),
            groupOf("g3", { told: [sentTo("mail")] }),
          ],
        });
        expect(await listed({ route: "night" })).toEqual(["g2"]);
        expect(await listed({ sink: "mail" })).toEqual(["g3", "g2"]);
        const found = await store.queries.groupsByKey(["g3", "unknown", "g1"]);
        expect(found.map(({ key }) => key).toSorted()).toEqual(["g1", "g3"]);
        const paged = await all((after) => store.queries.groups({ sink: "ops", limit: 1, after }));
        expect(paged.map(({ key }) => key)).toEqual(["g2", "g1"]);
      });

      it("has what was sent of the alerts that matter, of one alert as of all", async () => {
        const names = Array.from({ length: 20 }, (_, index) => `f${index}`);
        const sent = (index: number): SentAlert =>
          index % 2 === 0 ? { severity: "warning" } : { severity: "critical", accepted: true };
        const firing = Object.fromEntries(
          [...names, 'of "quotes"'].map((name, index) => [name, sent(index)]),
        );
        const told = ["ops", "mail"].map((sink) => ({ ...sentTo(sink), firing }));
        const many = Array.from({ length: 9 }, (_, index) => ({ ...sentTo(`sink-${index}`), firing }));
        await keep({
          groups: [groupOf("g1", { told }), groupOf("g2", { told: many }), groupOf("g3", { told: [] })],
        });
        for (const wanted of [["f3"], ["f2", "f3", "unknown"], names, ['of "quotes"'], []]) {
          const found = await store.queries.groupsByKey(["g1", "unknown", "g2", "g3"], wanted);
          const shown = new Map(found.map((group) => [group.key, group]));
          expect([...shown.keys()].toSorted()).toEqual(["g1", "g2", "g3"]);
          expect({ ...shown.get("g1"), told: [] }).toEqual(groupOf("g1", { told: [] }));
          for (const group of [groupOf("g1", { told }), groupOf("g2", { told: many })]) {
            for (const [index, { sink }] of group.told.entries()) {
              const of = shown.get(group.key)?.told[index];
              expect(of?.sink).toBe(sink);
              for (const name of wanted) expect(of?.firing[name]).toEqual(firing[name]);
            }
          }
        }
      });

      it("counts the alerts of each, and names some", async () => {
        await keep({
          alerts: [
            alertOf("a", 3, inGroups("g1")),
            alertOf("b", 2, inGroups("g1", "g2")),
            alertOf("c", 1, { ...inGroups("g1"), phase: "resolved" }),
          ],
        });
        const counts = await store.queries.groupAlerts(["g1", "g2", "unknown"], 2);
        expect(counts.get("g1")).toMatchObject({ firing: 2, resolved: 1, openedAt: 1 });
        expect(counts.get("g1")?.fingerprints).toHaveLength(2);
        expect(counts.get("g2")).toEqual({ firing: 1, resolved: 0, openedAt: 2, fingerprints: ["b"] });
        expect(counts.get("unknown")).toEqual({
          firing: 0,
          resolved: 0,
          openedAt: undefined,
          fingerprints: [],
        });
        // One moves, one ends, one is forgotten.
        await keep({
          alerts: [
            alertOf("a", 3, inGroups("g2")),
            alertOf("b", 2, { ...inGroups("g1"), phase: "resolved" }),
          ],
          forget: ["c"],
        });
        const later = await store.queries.groupAlerts(["g1", "g2"], 10);
        expect([later.get("g1"), later.get("g2")]).toEqual([
          { firing: 0, resolved: 1, openedAt: 2, fingerprints: ["b"] },
          { firing: 1, resolved: 0, openedAt: 3, fingerprints: ["a"] },
        ]);
      });
    });

    it("the list of silences gives the newest first", async () => {
      const silences = ["s1", "s2", "s3"].map((id) =>
        toSilence({ match: { namespace: id }, comment: "x", author: "me", untilResolved: true }, id, 0),
      );
      const put = (states: typeof silences, forget: readonly string[]) =>
        store.commit({ entities: toEntityChanges({ silence: { put: states, forget } }) });
      await put(silences, []);
      await put(silences.slice(0, 1), ["s2"]);
      expect((await store.queries.silences()).map(({ id }) => id)).toEqual(["s3", "s1"]);
    });
  });
}

function sentTo(sink: string): GroupState["told"][number] {
  return { sink, deliveryId: "d", firing: {}, accepted: true, lastAt: 0, repeats: 0, repeatAt: 0 };
}
