import { expect, it } from "vitest";

import type { AlertState, Silence } from "../../src/alert/index.ts";
import { countMatches } from "../../src/api/operations/count-matches.ts";
import { reachOf } from "../../src/api/operations/silence-reach.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { makeAlert } from "../alert/make.ts";
import { countTurns } from "../support/count-turns.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { OwnedStore } from "../support/owned-store.ts";

const { signal: gone } = new AbortController();
const NOW = Date.parse("2026-06-01T10:00:00Z");

function silence(id: string, match: Silence["match"], over: Partial<Silence> = {}): Silence {
  const made = { origin: "api", author: "me", comment: "c", createdAt: 0, usedAt: undefined } as const;
  const time = { from: 0, until: NOW + 60_000, untilResolved: false, schedule: undefined };
  return { id, match, ...made, ...time, ...over };
}

/** A store in which alerts fire whose names are `a0` and so on, each tenth of them critical. */
async function storeOf(alerts: number): Promise<OwnedStore> {
  const store = await OwnedStore.open({ path: ":memory:", clock: new FakeClock(), log: silentLogger });
  const all = Array.from({ length: alerts }, (_, index): AlertState => {
    const severity = index % 10 === 0 ? "critical" : "warning";
    const labels = { name: `a${index}` };
    return { ...makeAlert(`f${index}`, { phase: "firing", severity, labels }), fingerprint: `f${index}` };
  });
  await store.commit({ entities: alertChanges(all) });
  return store;
}

it("finds what a silence reaches in one pass, and lets other work run", async () => {
  const store = await storeOf(600);
  let rows = 0;
  const { queries } = store;
  const labels: typeof queries.labels = async (query) => {
    const page = await queries.labels(query);
    rows += page.rows.length;
    return page;
  };
  const regex = (each: string): Silence["match"] => ({ name: { regex: each } });
  const others = [
    silence("last", { name: "a0" }),
    ...Array.from({ length: 1000 }, (_, index) => silence(`s${index}`, regex(`^(b|c)${index}$`))),
    silence("first", regex("^a599$")),
    silence("over", { name: "a1" }, { until: NOW - 1 }),
  ];
  const { turns, result } = await countTurns(() =>
    reachOf({ labels }, ({ labels: { name } }) => name !== "a10", others, { now: NOW, gone }),
  );
  expect(result).toEqual({ firing: 599, critical: 59, overlaps: ["last", "first"] });
  expect(rows).toBe(600);
  // Three pages, and a thousand silences in steps of fifty at each.
  expect(turns).toBeGreaterThan(60);
  await store.close();
});

it("counts what each of a thousand silences matches, and lets other work run", async () => {
  const store = await storeOf(600);
  const silences = Array.from({ length: 1000 }, (_, index) =>
    silence(`s${index}`, { name: { regex: `^a${index}[0-9]?$` } }),
  );
  const { turns, result } = await countTurns(() => countMatches(store.queries, silences, NOW));
  expect([...result.values()].slice(0, 3)).toEqual([1, 11, 11]);
  expect([result.size, result.get("s999")]).toEqual([1000, 0]);
  // Three pages, and a thousand silences in steps of fifty at each.
  expect(turns).toBeGreaterThan(60);
  const ended = new AbortController();
  ended.abort();
  await expect(countMatches(store.queries, silences, NOW, ended.signal)).rejects.toThrow("aborted");
  await store.close();
});
