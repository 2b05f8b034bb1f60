import { describe, expect, it } from "vitest";

import type { History } from "./history.ts";
import { judge } from "./oracle.ts";
import type { Receipt } from "./receivers.ts";
import type { Lineage, Write } from "./schedule.ts";
import type { WriteRecord } from "./writer.ts";

const lineage: Lineage = {
  namespace: "shop",
  name: "e0",
  reason: "ChaosFail",
  type: "Warning",
  style: "count",
  skewMs: 0,
  prefix: "",
  padding: 0,
};

function wrote(state: number, count: number): WriteRecord {
  const op: Write["op"] = state === 0 ? "create" : "patch";
  return {
    write: { at: 0, lineage: 0, op, state, count, continues: false },
    at: state * 100,
    ok: true,
    resourceVersion: String(state + 2),
    firstSeenAt: 0,
    lastSeenAt: state * 1000,
  };
}

function told(sink: string, state: number, delta: number, more: Partial<Receipt> = {}): Receipt {
  const event = { namespace: "shop", name: "e0", message: `chaos e0#${state}`, count: 1 };
  const id = more.id ?? `${sink}-${state}`;
  const body =
    sink === "alerts"
      ? { id, kind: "firing", trigger: "first", alerts: [{ fingerprint: "f", rule: "chaos-fail", event }] }
      : { id, kind: "event", delta, event };
  return { sink, id, at: state * 100 + 10, ambiguous: false, body, ...more };
}

function judged(
  receipts: readonly Receipt[],
  more: Partial<Pick<History, "marks" | "dead">> = {},
): ReturnType<typeof judge> {
  const schedule = {
    seed: 1,
    bed: "embedded",
    lengthMs: 1000,
    api: "core",
    namespaces: [],
    eventTtlMinutes: 60,
    lineages: [lineage],
    writes: [],
    faults: [],
  } as const;
  const writes = [wrote(0, 1), wrote(1, 5)];
  return judge({
    schedule,
    writes,
    receipts,
    marks: [],
    restores: [],
    dead: [],
    lostHistory: false,
    ...more,
  });
}

const ALL = [
  told("ledger", 0, 1),
  told("ledger", 1, 4),
  told("mirror", 0, 1),
  told("mirror", 1, 4),
  told("alerts", 0, 0),
];

describe("the oracle", () => {
  it("finds nothing wrong with what was told once, states in between left out or not", () => {
    const fine = { lost: [], unexpected: [], doubled: [], miscounted: [] };
    expect(judged(ALL)).toMatchObject(fine);
    expect(judged([told("ledger", 1, 5), told("mirror", 1, 5), told("alerts", 1, 0)])).toMatchObject(fine);
  });

  it("misses the last state, and an alert", () => {
    expect(judged(ALL.toSpliced(1, 1)).lost).toEqual(["ledger: e0#1"]);
    expect(judged(ALL.slice(0, 4)).lost).toEqual(["alerts: e0"]);
  });

  it("takes a dead letter for told", () => {
    const { id, body } = told("ledger", 1, 4);
    const dead = [{ sink: "ledger", id, body: JSON.stringify(body) }];
    expect(judged(ALL.toSpliced(1, 1), { dead }).lost).toEqual([]);
  });

  it("adds up deltas, each id once", () => {
    const wrong = judged(ALL.with(1, told("ledger", 1, 5)));
    expect(wrong.miscounted).toEqual(["ledger: e0: 6 instead of 5 to 5"]);
  });

  it("does not know what nobody wrote", () => {
    expect(judged([...ALL, told("ledger", 7, 1)]).unexpected).toEqual(["ledger: shop/e0: chaos e0#7"]);
  });

  it("excuses a repeat by a lost answer or a kill in between, and by nothing else", () => {
    const again = told("ledger", 1, 4, { at: 500 });
    expect(judged([...ALL, again]).doubled).toHaveLength(1);
    const killed = judged([...ALL, again], { marks: [{ at: 300, what: "kill" }] });
    expect(killed).toMatchObject({ doubled: [], repeats: { kill: 1 } });
    const unanswered = judged([...ALL.with(1, told("ledger", 1, 4, { ambiguous: true })), again]);
    expect(unanswered).toMatchObject({ doubled: [], repeats: { "answer lost": 1 } });
  });

  it("sees an alert that begins twice", () => {
    expect(judged([...ALL, told("alerts", 0, 0, { id: "other" })]).unexpected).toEqual([
      "alerts: e0 began twice",
    ]);
  });
});
