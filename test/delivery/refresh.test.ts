import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AlertState, NewDelivery } from "../../src/alert/index.ts";
import { DeliveryError } from "../../src/egress/index.ts";
import { makeAlert, makeGroup, makeTold } from "../alert/make.ts";
import { makePolicy } from "../support/engine-bed.ts";
import { alertChanges, toEntityChanges, together } from "../support/entity-changes.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { makeAlert as makeNotified, makeResolvedAlert } from "../support/notifications.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

const EVERY_MS = 60_000;
const MINUTE_MS = 60_000;

describe("a receiver that is told its alerts again and again", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
  });
  afterEach(() => bed.close());

  const start = (): void => bed.start(bed.configure("ops", ops, { refreshMs: EVERY_MS }));
  const told = (): (readonly string[])[] =>
    ops.refreshed.map(({ alerts }) => alerts.map(({ fingerprint, status }) => `${fingerprint} ${status}`));

  /** Alerts of the group `g` of which `ops` has accepted those that are named. */
  const keep = (alerts: readonly AlertState[], accepted: readonly string[], over: readonly string[] = []) => {
    const sent = makeTold(alerts);
    const firing = Object.entries(sent.firing).map(([fingerprint, entry]) => [
      fingerprint,
      {
        ...entry,
        ...(accepted.includes(fingerprint) ? { accepted: true } : {}),
        ...(over.includes(fingerprint) ? { over: "accepted" } : {}),
      },
    ]);
    const group = makeGroup({ told: [{ ...sent, firing: Object.fromEntries(firing) }] });
    const entities = together(alertChanges(alerts), toEntityChanges({ group: { put: [group], forget: [] } }));
    return bed.commit({ entities });
  };

  const end = (id: string, fingerprint: string, over: Partial<NewDelivery> = {}): NewDelivery => ({
    ...makeDelivery(id, { kind: "resolved", createdAt: bed.clock.now(), ...over }),
    notification: makeNotification({
      id,
      kind: "resolved",
      alerts: [makeResolvedAlert(undefined, { fingerprint })],
    }),
  });

  it("hears at once and in each interval what fires and what it has accepted, of this sink alone", async () => {
    const alerts = [
      makeAlert("a"),
      makeAlert("waits"),
      makeAlert("over"),
      makeAlert("resolved", { phase: "resolved", resolvedAt: 1 }),
      makeAlert("elsewhere", { destinations: [{ groupKey: "g", sinks: ["other"] }] }),
    ];
    await keep(alerts, ["a", "over", "resolved", "elsewhere"], ["over"]);
    start();
    await bed.clock.advance(0);
    expect(told()).toEqual([["a firing"]]);
    await bed.clock.advance(3 * EVERY_MS - 1);
    expect(told()).toHaveLength(3);
    expect(ops.refreshed.map(({ at }) => at - 1_000_000)).toEqual([0, EVERY_MS, 2 * EVERY_MS]);
  });

  it("hears nothing where its type keeps alerts by itself, and no attempt is made for no alert", async () => {
    await keep([makeAlert("a")], ["a"]);
    bed.start(bed.configure("ops", ops));
    await bed.clock.advance(10 * EVERY_MS);
    expect(told()).toEqual([]);
  });

  it("hears of many alerts some at a time, and of each once", async () => {
    const alerts = Array.from({ length: 250 }, (_, index) => makeAlert(`a${index}`));
    await keep(
      alerts,
      alerts.map(({ fingerprint }) => fingerprint),
    );
    start();
    await bed.clock.advance(0);
    expect(told().map((part) => part.length)).toEqual([100, 100, 50]);
    expect(new Set(told().flat()).size).toBe(250);
  });

  it("gets the texts that the rules have now", async () => {
    bed.policy = makePolicy({
      rules:
        'rules: [{ name: it, match: { reason: BackOff }, title: "{{ alert.rule }} of {{ group.alerts }}" }]',
    });
    await keep([makeAlert("a")], ["a"]);
    start();
    await bed.clock.advance(0);
    expect(ops.refreshed[0]?.alerts[0]?.title).toBe("it of 1");
  });

  it("M7: hears of an end for five minutes, also after a restart, and not of one that began anew", async () => {
    start();
    await bed.commit({ deliveries: [end("d1", "a"), end("d2", "b", { groupKey: "g2" })] });
    await keep([makeAlert("b")], ["b"]);
    await bed.clock.advance(2 * EVERY_MS);
    expect(told()).toEqual([["b firing"], ["a resolved"], ["b firing"], ["a resolved"]]);
    await bed.clock.advance(10 * MINUTE_MS);
    expect(told().filter(([first]) => first === "a resolved")).toHaveLength(5);
  });

  it("hears of the newest end of an alert, and of ends in messages that go on", async () => {
    const part = makeNotification({
      id: "d3",
      kind: "update",
      alerts: [makeNotified({ fingerprint: "c" }), makeResolvedAlert(undefined, { fingerprint: "d" })],
    });
    const newest = end("d2", "a");
    const alerts = [makeResolvedAlert(undefined, { fingerprint: "a", endsAt: "2026-06-01T11:00:00Z" })];
    start();
    await bed.commit({ deliveries: [end("d1", "a")] });
    await bed.clock.advance(1000);
    await bed.commit({
      deliveries: [
        { ...newest, notification: { ...newest.notification, alerts } },
        { ...makeDelivery("d3", { kind: "update", groupKey: "g3" }), notification: part },
      ],
    });
    await bed.clock.advance(EVERY_MS);
    expect(told().map((part_) => part_.toSorted())).toEqual([["a resolved", "d resolved"]]);
    expect(ops.refreshed[0]?.alerts.find(({ fingerprint }) => fingerprint === "a")?.endsAt).toBe(
      "2026-06-01T11:00:00Z",
    );
  });

  it("is told nothing while the sink is broken, and a refresh that fails waits for the next one", async () => {
    const alerts = Array.from({ length: 150 }, (_, index) => makeAlert(`a${index}`));
    await keep(
      alerts,
      alerts.map(({ fingerprint }) => fingerprint),
    );
    ops.onRefresh = () => Promise.reject(DeliveryError.broken("unauthorized", "who are you?"));
    // The circuit breaker stays closed for a second.
    bed.start(bed.configure("ops", ops, { refreshMs: 300 }));
    await bed.clock.advance(999);
    expect(told()).toHaveLength(1);
    expect(bed.delivery.status()).toMatchObject([{ state: "broken", error: "who are you?" }]);
    ops.onRefresh = async () => undefined;
    await bed.clock.advance(300);
    expect(told()).toHaveLength(3);
    expect(bed.delivery.status()).toMatchObject([{ state: "ok" }]);
  });
});
