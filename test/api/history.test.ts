import { describe, expect, it } from "vitest";

import { AlertPage } from "../../src/api/schemas/alert.ts";
import { EndedAlert, HistoryPage, Strip, WholeEndedAlert } from "../../src/api/schemas/ended-alert.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { makeEnded } from "../support/make-ended.ts";
import { makeAlert, makeObject } from "../support/notifications.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { ask } from "./ask.ts";
import { storeParts } from "./make-bridge.ts";
import { startApi } from "./start-api.ts";

const HOUR_MS = 3_600_000;
const HALF_HOUR_MS = 1_800_000;

/** The API over a store with these conclusions. Its clock stands at a full hour. */
async function open(changes: Parameters<OwnedStore["commit"]>[0], now: number) {
  await using stack = new AsyncDisposableStack();
  const options = { path: ":memory:", clock: new FakeClock(now), log: silentLogger };
  const store = stack.adopt(await OwnedStore.open(options), (opened) => opened.close());
  await store.commit(changes);
  const api = stack.use(await startApi(storeParts(store.host), now));
  const owned = stack.move();
  return {
    get: async (path: string): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${api.url}/${path}`);
      return { status: response.status, body: await response.json() };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const NOW = Date.parse("2026-06-02T12:00:00Z");

describe("GET /history", () => {
  it("has each alert that is over, with who was told or why nobody was", async () => {
    const objects = Array.from({ length: 5 }, (_, index) => makeObject({ name: `web-${index}` }));
    await using api = await open(
      {
        deliveries: [
          {
            ...makeDelivery("d1"),
            notification: makeNotification({ id: "d1", alerts: [makeAlert({ fingerprint: "f-c" })] }),
          },
        ],
        ended: [
          makeEnded("a", { resolvedAt: NOW - HOUR_MS, alert: { objects, objectsOmitted: 2 } }),
          makeEnded("b", { resolvedAt: NOW - 1000, firedAt: undefined, told: [], reason: "threshold" }),
          makeEnded("c", {
            resolvedAt: NOW - 500,
            told: [],
            reason: "not_accepted",
            unaccepted: [{ sink: "ops", groupKey: "g", deliveryId: "d1" }],
          }),
          makeEnded("d", { resolvedAt: NOW - 400, told: [], reason: "not_accepted" }),
          makeEnded("e", { resolvedAt: NOW - 300, told: [], reason: "no_sink" }),
          makeEnded("old", { resolvedAt: NOW - 25 * HOUR_MS }),
        ],
      },
      NOW,
    );
    const { body } = await api.get("history");
    const { items, next } = HistoryPage.parse(body);
    expect(next).toBeNull();
    expect(items.map(({ id, told, why }) => [id, told, why])).toEqual([
      ["e", [], "its routes lead to no sink"],
      ["d", [], "no receiver accepted a message about it"],
      ["c", [], "a message about it still waits for its receiver"],
      ["b", [], "too few in the window of the rule's threshold, or it ended before `for` was over"],
      ["a", ["ops"], null],
    ]);
    expect(items.at(-1)).toMatchObject({
      firstSeenAt: "2026-06-02T10:59:40.000Z",
      firedAt: "2026-06-02T10:59:50.000Z",
      resolvedAt: "2026-06-02T11:00:00.000Z",
      resolvedBy: { how: "healthy", reason: "", what: "3 of 3 pods ready", atLatest: false },
      objectCount: 7,
    });
    expect(items.at(-1)?.objects.map(({ name }) => name)).toEqual(["web-0", "web-1", "web-2"]);
  });

  it("filters, and goes on behind a cursor", async () => {
    const ended = Array.from({ length: 7 }, (_, index) =>
      makeEnded(String(index), {
        resolvedAt: NOW - index * HOUR_MS,
        told: index % 2 === 0 ? ["ops"] : [],
        alert: { title: `Title ${index}`, rule: index < 3 ? "few" : "many" },
      }),
    );
    await using api = await open({ ended }, NOW);
    const idsOf = async (query: string): Promise<string> => {
      const { items } = HistoryPage.parse((await api.get(`history?${query}`)).body);
      return items.map(({ id }) => id).join("");
    };
    expect(await idsOf("since=2h")).toBe("012");
    expect(await idsOf("until=2h")).toBe("23456");
    expect(await idsOf("since=2026-06-02T09:00:00Z&until=2026-06-02T10:00:00Z")).toBe("23");
    expect(await idsOf("q=TITLE%205")).toBe("5");
    expect(await idsOf("rule=few&which=untold")).toBe("1");
    expect(await idsOf("namespace=other")).toBe("");
    expect(await idsOf("severity=critical")).toBe("");
    expect(await idsOf("fingerprint=f-4")).toBe("4");
    const first = HistoryPage.parse((await api.get("history?limit=5")).body);
    expect(await idsOf(`limit=5&cursor=${first.next}`)).toBe("56");
    expect((await api.get("history?since=yesterday")).status).toBe(400);
    expect((await api.get("history?which=some")).status).toBe(400);
  });
});

describe("GET /history/{id}", () => {
  it("has all that is kept of one alert", async () => {
    await using api = await open({ ended: [makeEnded("a")] }, NOW);
    const whole = WholeEndedAlert.parse((await api.get("history/a")).body);
    expect(whole).toMatchObject({ id: "a", text: makeAlert().text, runbook: makeAlert().runbook });
    expect(EndedAlert.parse(whole)).toBeDefined();
    expect(await api.get("history/b")).toEqual({
      status: 404,
      body: { error: "there is no such alert in the history" },
    });
  });
});

describe("an alert that is not open any more", () => {
  it("is 404 by its fingerprint, with its last end", async () => {
    const alert = { fingerprint: "f" };
    const ended = [2, 1].map((hours) => makeEnded(`e${hours}`, { resolvedAt: NOW - hours * HOUR_MS, alert }));
    await using api = await open({ ended }, NOW);
    for (const path of ["alerts/f", "alerts/f/timeline"])
      expect(await api.get(path)).toEqual({
        status: 404,
        body: { error: 'no alert "f": it may have ended', history: "e1" },
      });
    expect(await api.get("alerts/other")).toMatchObject({ status: 404, body: { history: null } });
  });
});

describe("GET /history/strip", () => {
  const count = (at: number, rule = "r", opened = 1) => ({
    bucket: Math.floor(at / HALF_HOUR_MS) * HALF_HOUR_MS,
    rule,
    severity: "warning" as const,
    opened,
    occurrences: 2 * opened,
  });

  it("has the half hours of the last day, up to this one", async () => {
    const activity = [count(NOW), count(NOW - HOUR_MS), count(NOW - 24 * HOUR_MS), count(NOW - 25 * HOUR_MS)];
    await using api = await open({ activity }, NOW);
    const strip = Strip.parse((await api.get("history/strip")).body);
    expect(strip).toMatchObject({ from: "2026-06-01T12:00:00.000Z", stepSeconds: 1800, rowsOmitted: 0 });
    const [row] = strip.rows;
    expect(row?.opened).toHaveLength(49);
    expect(row?.opened.flatMap((opened, step) => (opened > 0 ? [step] : []))).toEqual([0, 46, 48]);
    expect(row?.occurrences[48]).toBe(2);
  });

  it("takes longer steps where there would be too many, which begin at midnight of UTC", async () => {
    await using api = await open({ activity: [count(NOW), count(NOW - 20 * 24 * HOUR_MS)] }, NOW);
    const shapeOf = async (query: string): Promise<readonly unknown[]> => {
      const { from, stepSeconds, rows } = Strip.parse((await api.get(`history/strip?${query}`)).body);
      return [from, stepSeconds, rows[0]?.opened.length];
    };
    expect(await shapeOf("since=6d")).toEqual(["2026-05-27T12:00:00.000Z", 1800, 289]);
    expect(await shapeOf("since=30d")).toEqual(["2026-05-03T12:00:00.000Z", 3 * 3600, 241]);
    expect(await shapeOf("since=2d&step=1d")).toEqual(["2026-05-31T00:00:00.000Z", 86_400, 3]);
    expect(await shapeOf("since=9999d")).toEqual(["2025-07-02T00:00:00.000Z", 86_400, 336]);
    expect(await shapeOf("since=2030-01-01T00:00:00Z")).toEqual(["2026-06-02T12:00:00.000Z", 1800, 1]);
    expect((await api.get("history/strip?step=7m")).status).toBe(400);
  });

  it("has sixty rows at most, those with the most alerts first", async () => {
    const activity = Array.from({ length: 70 }, (_, index) => count(NOW, `rule-${index}`, index));
    await using api = await open({ activity }, NOW);
    const strip = Strip.parse((await api.get("history/strip")).body);
    expect(strip.rows.map(({ rule }) => rule)).toEqual(
      Array.from({ length: 60 }, (_, index) => `rule-${69 - index}`),
    );
    expect(strip.rowsOmitted).toBe(10);
  });
});

describe("the history of a running service", () => {
  it("has an alert as soon as it is no longer open", async () => {
    await using bed = await AppBed.open();
    const resolve = { by: [{ reason: "Mended", same: ["object"] }] };
    bed.configure({
      rules: [{ name: "it", match: { reason: "Broken" }, severity: "critical", resolve }],
    });
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    bed.api.create(broken("web", "shop", { reason: "Mended", type: "Normal" }));
    await bed.until(async () => (await ask(bed, "history", HistoryPage)).items.length > 0);
    const { items } = await ask(bed, "history", HistoryPage);
    expect(items).toMatchObject([
      { rule: "it", title: "Broken: Pod web in shop", told: ["hook"], why: null },
    ]);
    expect((await ask(bed, "alerts", AlertPage)).items).toEqual([]);
    const strip = await ask(bed, "history/strip", Strip);
    expect(strip.rows).toMatchObject([{ rule: "it", severity: "critical" }]);
    expect(strip.rows[0]?.opened.reduce((sum, opened) => sum + opened, 0)).toBe(1);
  });
});
