import { describe, expect, it } from "vitest";

import type { ExplainedAlert } from "../../src/explain/index.ts";
import { outcomeOf } from "../../src/explain/outcome.ts";
import { makeAlert as makeOpen } from "../alert/make.ts";

const makeAlert = (over: Partial<ExplainedAlert> = {}): ExplainedAlert => ({
  rule: "it",
  fingerprint: "f",
  title: "It",
  severity: "warning",
  labels: {},
  proof: undefined,
  route: "default",
  groupKey: "default/1",
  sinks: ["ops"],
  heldBackBy: [],
  waitMs: 30_000,
  dueInMs: {},
  ...over,
});
const openWith = (...sent: readonly { readonly sink: string; readonly accepted: boolean }[]) =>
  makeAlert({
    sinks: sent.map(({ sink }) => sink),
    open: { alert: makeOpen("f"), sent, toCome: [] },
  });
const THRESHOLD = { reason: "threshold", counts: "occurrences", has: 1, needs: 3 } as const;
const SILENCE = { reason: "silence", by: "config/move", until: undefined } as const;

describe("the outcome of an event", () => {
  it.each<{ title: string; alerts: readonly ExplainedAlert[]; outcome: unknown }>([
    {
      title: "is a message for each group of a sink and time",
      alerts: [makeAlert(), makeAlert({ groupKey: "default/2" }), makeAlert({ waitMs: 0 })],
      outcome: {
        kind: "sent",
        messages: [
          { sink: "ops", inMs: 30_000, count: 2 },
          { sink: "ops", inMs: 0, count: 1 },
        ],
        records: [],
      },
    },
    {
      title: "is a message when a running bridge makes it, for each sink",
      alerts: [makeAlert({ sinks: ["ops", "mail"], dueInMs: { ops: 5000 } })],
      outcome: {
        kind: "sent",
        messages: [
          { sink: "ops", inMs: 5000, count: 1 },
          { sink: "mail", inMs: 30_000, count: 1 },
        ],
        records: [],
      },
    },
    {
      title: "is a message although a rule waits and another sink wants it more severe",
      alerts: [
        makeAlert({
          heldBackBy: [
            { reason: "for", ms: 60_000 },
            { reason: "min_severity", sink: "loud", severity: "info" },
          ],
        }),
      ],
      outcome: { kind: "sent", messages: [{ sink: "ops", inMs: 30_000, count: 1 }], records: [] },
    },
    {
      title: "is nothing when each alert is held back",
      alerts: [makeAlert({ heldBackBy: [THRESHOLD] }), makeAlert({ heldBackBy: [SILENCE] })],
      outcome: { kind: "held-back", by: [THRESHOLD, SILENCE] },
    },
    {
      title: "is nothing new for receivers that accepted a message and for those that did not yet",
      alerts: [
        openWith({ sink: "ops", accepted: true }, { sink: "slow", accepted: false }),
        openWith({ sink: "ops", accepted: false }),
      ],
      outcome: { kind: "known", accepted: ["ops"], waiting: ["slow"] },
    },
    { title: "is nothing without an alert", alerts: [], outcome: { kind: "unmatched" } },
  ])("$title", ({ alerts, outcome }) => {
    expect(outcomeOf({ alerts, forwards: [], droppedBy: undefined })).toEqual(outcome);
  });

  it("has a record for each sink of its forwards", () => {
    const forwards = [{ sinks: ["lines", "search"] }, { sinks: ["lines"] }];
    expect(outcomeOf({ alerts: [], forwards, droppedBy: "noise" })).toEqual({
      kind: "sent",
      messages: [],
      records: ["lines", "search"],
    });
  });
});
