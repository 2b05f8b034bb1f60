import { describe, expect, it } from "vitest";

import type { AlertPatch } from "../../../src/alert/alert-patch.ts";
import type { EngineInput } from "../../../src/alert/engine-input.ts";
import type { News } from "../../../src/alert/news.ts";
import { silentObserver } from "../../../src/alert/observer.ts";
import { Schedule } from "../../../src/alert/schedule.ts";
import { Tracker } from "../../../src/alert/tracking/tracker.ts";
import { observe, type RawEvent } from "../../../src/event/index.ts";
import { type BedOptions, makePolicy, START } from "../../support/engine-bed.ts";
import { makeEvent, makeOccurrence, makeRaw } from "../make.ts";

const MINUTE = 60_000;

const RULES = `
rules:
  - { name: crash, match: { reason: BackOff }, resolve: { by: [{ reason: Started, same: [object] }], quiet: 30m } }
  - { name: often, match: { reason: Unhealthy }, threshold: { count: 3, within: 10m } }
  - { name: boom, match: { reason: Boom }, lifecycle: point }
`;

/** A tracker without groups: nothing patches its alerts unless the test does. */
class TrackerBed {
  readonly schedule = new Schedule();
  readonly tracker: Tracker;
  now = START;

  constructor(options: Partial<BedOptions> = {}) {
    this.tracker = new Tracker({
      policy: makePolicy({ rules: RULES, ...options }),
      schedule: this.schedule,
      indexes: [],
      observer: silentObserver,
      mostAlerts: undefined,
      asks: false,
    });
    this.take({ kind: "live", cluster: "test", namespace: "" });
  }

  take(input: EngineInput): readonly string[] {
    return [...this.tracker.take(input, this.now)].map(shown);
  }

  feed(...events: readonly RawEvent[]): readonly string[] {
    const occurrences = events.map((raw) => makeOccurrence(makeEvent(raw), { receivedAt: this.now }));
    return this.take({ kind: "occurrences", occurrences, learned: [] });
  }

  /** Runs what is due when so much time has passed. */
  after(ms: number): readonly string[] {
    this.now += ms;
    const news: News[] = [];
    for (let key = this.schedule.take(this.now); key !== undefined; key = this.schedule.take(this.now))
      news.push(...(this.tracker.runTimer(key, this.now) ?? []));
    return news.map(shown);
  }

  patch(patch: Omit<AlertPatch, "fingerprint">): void {
    const patches = this.tracker.alerts.all().map(({ fingerprint }) => ({ fingerprint, ...patch }));
    this.tracker.apply(patches, this.now);
  }
}

function shown(news: News): string {
  return news.kind === "forwarded" ? "forwarded" : `${news.kind} ${news.alert.rule} ${news.alert.phase}`;
}

describe("what tracking makes of inputs", () => {
  it("is that an alert fires, and that it has ended", () => {
    const bed = new TrackerBed();
    expect(bed.feed({})).toEqual(["fired crash firing"]);
    expect(bed.feed({})).toEqual([]);
    expect(bed.feed({ reason: "Started", type: "Normal" })).toEqual(["ended crash resolved"]);
    expect(bed.tracker.alerts.all()).toHaveLength(1);
  });

  it("is that a resolved alert fires again while it is in the book", () => {
    const bed = new TrackerBed();
    bed.feed({}, { reason: "Started", type: "Normal" });
    bed.now += MINUTE;
    expect(bed.feed({})).toEqual(["fires-again crash firing"]);
  });

  it("is another alert once dispatch has let the first one leave", () => {
    const bed = new TrackerBed();
    bed.feed({}, { reason: "Started", type: "Normal" });
    bed.patch({ leaves: "forgotten" });
    expect(bed.tracker.alerts.all()).toEqual([]);
    bed.now += MINUTE;
    expect(bed.feed({})).toEqual(["fired crash firing"]);
  });

  it("is nothing while a threshold is not met, and then that the alert never fired", () => {
    const bed = new TrackerBed();
    expect(bed.feed({ reason: "Unhealthy" })).toEqual([]);
    expect(bed.after(11 * MINUTE)).toEqual(["dismissed often pending"]);
    expect(bed.tracker.alerts.all()).toEqual([]);
  });

  it("is that a point has been remembered for long enough, which is no end", () => {
    const bed = new TrackerBed();
    expect(bed.feed({ reason: "Boom" })).toEqual(["fired boom firing"]);
    expect(bed.after(61 * MINUTE)).toEqual(["expired boom resolved"]);
  });

  it("is the end of alerts of a deleted object, and of a removed rule", () => {
    const bed = new TrackerBed();
    bed.feed({}, { reason: "Boom" });
    expect(bed.take({ kind: "gone", objects: ["test/Pod/shop/web-1"] })).toEqual(["ended crash resolved"]);
    bed.patch({ leaves: "forgotten" });
    bed.feed({});
    const policy = makePolicy({ rules: "rules: [{ name: other, match: { reason: X } }]" });
    expect(bed.take({ kind: "policy", policy })).toEqual(["ended crash resolved"]);
  });

  it("is that the severity is another one when the rule says so", () => {
    const bed = new TrackerBed();
    bed.feed({});
    const policy = makePolicy({
      rules: "rules: [{ name: crash, match: { reason: BackOff }, severity: critical }]",
    });
    expect(bed.take({ kind: "policy", policy })).toEqual(["severity-changed crash firing"]);
  });

  it("is that an alert moves to the owner of its object, unless a sink was told of it", () => {
    const learned = [{ object: "test/Pod/shop/web-1", owners: ["Deployment/web"] }];
    const input: EngineInput = { kind: "occurrences", occurrences: [], learned };
    const bed = new TrackerBed();
    bed.feed({});
    expect(bed.take(input)).toEqual(["moved crash firing"]);
    expect(bed.tracker.alerts.all().map(({ labels }) => labels["workload"])).toEqual(["Deployment/web"]);
    const told = new TrackerBed();
    told.feed({});
    told.patch({ isTold: true });
    expect(told.take(input)).toEqual([]);
  });

  it("is what forwards want, before anything else", () => {
    const forward = "[{ name: all, match: { reason: BackOff }, sinks: [ops] }]";
    expect(new TrackerBed({ forward }).feed({})).toEqual(["forwarded", "fired crash firing"]);
  });
});

describe("which events are awaited", () => {
  const RULES = `
rules:
  - { name: near, match: { reason: BackOff }, resolve: { by: [{ reason: Started, same: [object] }], quiet: 30m } }
  - { name: far, match: { reason: Boom }, resolve: { by: [{ reason: Calm, same: [namespace] }] } }
`;
  const other = { kind: "Pod", namespace: "shop", name: "web-2" };
  const elsewhere = { metadata: { namespace: "bank", resourceVersion: "1" } };

  it.each([
    ["nothing, without alerts", [], {}, true, false],
    ["a counter-event about an object of an alert", [{}], { source: { component: "x" } }, true, true],
    ["no other event about it by another writer", [{}], { source: { component: "x" } }, false, false],
    ["any event about it by its writer, which keeps it awake", [{}], {}, false, true],
    ["no counter-event about another object", [{}], { involvedObject: other }, true, false],
    [
      "any counter-event, where one may be about another",
      [{ reason: "Boom" }],
      { involvedObject: other },
      true,
      true,
    ],
    [
      "no counter-event of another namespace",
      [{ reason: "Boom" }],
      { ...elsewhere, involvedObject: { ...other, namespace: "bank" } },
      true,
      false,
    ],
  ])("awaits %s", (_, opened, event, couldResolve, awaited) => {
    const bed = new TrackerBed({ rules: RULES });
    bed.feed(...opened);
    expect(bed.tracker.awaits(observe(makeRaw(event), "test"), couldResolve)).toBe(awaited);
  });

  it("says which objects stand for the workload of an alert", () => {
    const bed = new TrackerBed();
    bed.feed({});
    const objects = [
      "test/Pod/shop/web-1",
      "test/Pod/bank/web-1",
      "test/Pod/shop/web-2",
      "test/ReplicaSet/shop/web-1",
    ];
    expect(objects.map((object) => bed.tracker.isWorkload(object))).toEqual([true, false, false, false]);
  });
});

describe("what dispatch patches into an alert", () => {
  it("puts its quiet end off until its first message was made", () => {
    const bed = new TrackerBed();
    bed.feed({});
    bed.patch({ firstLookAt: START + 45 * MINUTE });
    expect(bed.after(44 * MINUTE)).toEqual([]);
    expect(bed.after(2 * MINUTE)).toEqual(["ended crash resolved"]);
  });

  it("keeps a cause for two minutes after its end, without what belongs to it", () => {
    const bed = new TrackerBed();
    bed.feed({}, { reason: "Started", type: "Normal" });
    bed.patch({ leaves: "remembered" });
    expect(bed.tracker.alerts.all()).toMatchObject([{ phase: "resolved", members: [], destinations: [] }]);
    expect(bed.tracker.awaits(observe(makeRaw(), "test"), true)).toBe(false);
    expect(bed.after(2 * MINUTE)).toEqual([]);
    expect(bed.tracker.alerts.all()).toEqual([]);
  });
});

it("knows which keys of the schedule are not its own", () => {
  expect(new TrackerBed().tracker.runTimer("group:default/1", START)).toBeUndefined();
});
