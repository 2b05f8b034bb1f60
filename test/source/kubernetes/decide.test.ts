import { describe, expect, it } from "vitest";

import { decideAfter, safetyRelistMs, type Decision } from "../../../src/source/kubernetes/decide.ts";
import type { TroubleKind } from "../../../src/source/kubernetes/trouble.ts";

interface Row {
  readonly end: TroubleKind | "clean";
  readonly livedMs?: number;
  readonly progressed?: boolean;
  readonly refusals?: number;
  readonly sinceListMs?: number;
  readonly next: string;
}

const LONG = 60_000;

function decide(row: Row): Decision {
  const { end, livedMs = 10, progressed = false, refusals = 0, sinceListMs = 600_000 } = row;
  const trouble = end === "clean" ? undefined : { kind: end, error: new Error("it"), retryAfterMs: 0 };
  return decideAfter({ trouble, livedMs, accepted: true }, { progressed, refusals, sinceListMs });
}

function say({ step, wait }: Decision): string {
  const what = step.do === "list" ? `list (${step.cause})` : step.do;
  return wait === "none" ? what : `${wait}, ${what}`;
}

describe("decideAfter", () => {
  it.each<Row>([
    { end: "clean", livedMs: LONG, next: "watch" },
    { end: "clean", progressed: true, next: "watch" },
    { end: "clean", refusals: 1, next: "backoff, probe" },
    { end: "clean", refusals: 2, next: "backoff, list (refused)" },
    { end: "reset", livedMs: LONG, next: "probe" },
    { end: "reset", refusals: 1, next: "backoff, probe" },
    { end: "reset", refusals: 2, next: "backoff, list (refused)" },
    { end: "unreachable", next: "backoff, watch" },
    { end: "unreachable", livedMs: LONG, next: "backoff, watch" },
    { end: "quiet", livedMs: LONG, next: "probe" },
    { end: "quiet", livedMs: LONG, refusals: 2, next: "backoff, list (refused)" },
    { end: "gone", next: "list (gone)" },
    { end: "gone", sinceListMs: 5000, next: "backoff, list (gone)" },
    { end: "future", livedMs: LONG, next: "probe" },
    { end: "future", next: "backoff, probe" },
    { end: "busy", livedMs: LONG, next: "backoff, probe" },
    { end: "busy", refusals: 2, next: "backoff, list (refused)" },
    { end: "server", refusals: 1, next: "backoff, probe" },
    { end: "server", refusals: 2, next: "backoff, list (server)" },
    { end: "garbled", refusals: 1, next: "backoff, probe" },
    { end: "garbled", refusals: 2, next: "backoff, list (garbled)" },
    { end: "unauthorized", next: "backoff, watch" },
    { end: "credentials", next: "backoff, watch" },
    { end: "forbidden", next: "backoff, watch" },
    { end: "missing", next: "backoff, watch" },
    { end: "rejected", next: "backoff, list (rejected)" },
  ])("after $end ($livedMs ms, $refusals refusals, progressed: $progressed): $next", (row) => {
    expect(say(decide(row))).toBe(row.next);
  });
});

describe("safetyRelistMs", () => {
  it.each([
    { events: 100, ttl: 3_600_000, minutes: 10 },
    { events: 20_001, ttl: 3_600_000, minutes: 30 },
    { events: 20_001, ttl: 600_000, minutes: 5 },
    { events: 100, ttl: 300_000, minutes: 2.5 },
  ])("is $minutes min for $events events that live $ttl ms", ({ events, ttl, minutes }) => {
    expect(safetyRelistMs(events, ttl)).toBe(minutes * 60_000);
  });
});
