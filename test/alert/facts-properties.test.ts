import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { objectOfMember, workloadOfMember } from "../../src/alert/alert-objects.ts";
import type { Fact } from "../../src/alert/index.ts";
import { observe } from "../../src/event/index.ts";
import { readObjectState } from "../../src/object/index.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { toRawEvent } from "../support/event-sketch.ts";
import { deploymentBody, jobBody, nodeBody, podBody } from "../support/object-bodies.ts";
import { ObjectStates } from "../support/object-states.ts";
import { rounds } from "../support/rounds.ts";

const RULES = `
rules:
  - { name: image, match: { reason: Failed }, severity: warning, resolve: { when: started, quiet: 10m } }
  - { name: crash, match: { reason: BackOff }, severity: critical, resolve: { when: stable, quiet: 10m } }
  - { name: ready, match: { reason: Unhealthy }, severity: info, for: 30s, resolve: { when: ready, quiet: 10m } }
  - { name: node, match: { reason: NodeNotReady }, severity: warning, lifecycle: transition, resolve: { when: nodeReady } }
  - { name: job, match: { reason: BackoffLimitExceeded }, severity: warning, lifecycle: point, resolve: { when: complete } }
  - { name: own, match: { reason: Odd }, severity: warning, resolve: { by: [{ reason: Even, same: [object] }], quiet: 5m } }
`;
const ROUTE = `
sinks: [a]
groupBy: [rule, cluster]
groupWait: 10s
groupInterval: 1m
routes: [{ name: of-b, match: { cluster: b }, sinks: [b] }]
`;
const BY_STATE: ReadonlySet<string | undefined> = new Set(["healthy", "replaced", "deleted"]);

interface Happening {
  /** Seconds after the one before. */
  readonly after: number;
  readonly cluster: "a" | "b";
  readonly event?: EventSketch;
  readonly fact?: { readonly object: string; readonly age: number; readonly found: Fact["found"] };
}

const objects = ["shop/Pod/web-1", "shop/Pod/web-2", "shop/Job/report-1", "/Node/n1"];
const keys = ["Pod/shop/web-1", "Pod/shop/web-2", "Job/shop/report-1", "Node//n1"];
const workloads = ["Deployment/shop/web", "CronJob/shop/report"];
/** Of no alert, and of no form. */
const strangers = ["Pod/pay/other", "Pod/shop/", "", "/////", "%2F/%", "__proto__"];

/** States of any kind for any object, with times before and after everything. */
const states: fc.Arbitrary<Fact["found"]> = fc
  .record({
    kind: fc.constantFrom("Pod", "Deployment", "Node", "Job", "CronJob", "Longhorn"),
    uid: fc.constantFrom("uid-1", "uid-2", ""),
    at: fc.integer({ min: -100, max: 3000 }),
    isWell: fc.boolean(),
    created: fc.integer({ min: -100, max: 3000 }),
  })
  .map(({ kind, uid, at, isWell, created }) => {
    const bodies: Readonly<Record<string, object>> = {
      Pod: podBody({ uid, created, ...(isWell ? { running: at, ready: at } : { deleted: at }) }),
      Deployment: deploymentBody({ desired: 2, ready: isWell ? 2 : 0, available: at }),
      Node: nodeBody(isWell ? at : undefined, uid),
      Job: jobBody(isWell ? at : undefined, uid),
      CronJob: {
        metadata: { uid },
        status: { lastSuccessfulTime: new Date(START + at * 1000).toISOString() },
      },
    };
    return (
      readObjectState(kind, bodies[kind] ?? { metadata: null, status: { conditions: [3, null, {}] } }) ??
      "unknown"
    );
  });

const found = fc.oneof({ weight: 4, arbitrary: states }, fc.constantFrom<Fact["found"]>("gone", "unknown"));

const events = fc
  .record({
    reason: fc.constantFrom("Failed", "Failed", "BackOff", "Unhealthy", "Odd", "Even", "Started", "Killing"),
    object: fc.constantFrom("shop/Pod/web-1", "shop/Pod/web-2"),
    objectUid: fc.constantFrom("uid-1", "uid-2", ""),
    hasOwner: fc.boolean(),
    late: fc.constantFrom(0, 0, 10, 100),
  })
  .map(({ hasOwner, late, ...event }) => ({
    late,
    event: { ...event, component: "kubelet", ...(hasOwner ? { owners: ["Deployment/web"] } : {}) },
  }));

const otherEvents = fc.constantFrom(
  { late: 0, event: { reason: "NodeNotReady", object: "/Node/n1" } },
  {
    late: 0,
    event: { reason: "BackoffLimitExceeded", object: "shop/Job/report-1", owners: ["CronJob/report"] },
  },
);

const happening: fc.Arbitrary<Happening> = fc
  .record({
    after: fc.constantFrom(0, 1, 5, 20, 60, 130, 600),
    cluster: fc.constantFrom("a" as const, "b" as const),
    what: fc.oneof(
      { weight: 2, arbitrary: fc.oneof({ weight: 3, arbitrary: events }, otherEvents) },
      {
        weight: 3,
        arbitrary: fc.record({
          object: fc.constantFrom(...keys, ...keys, ...workloads, ...strangers),
          age: fc.constantFrom(0, 0, 0, 1, 30, 1000, -60),
          found,
        }),
      },
    ),
  })
  .map(({ after, cluster, what }) =>
    "event" in what
      ? { after, cluster, event: { ...what.event, cluster, ...lateness(what.late) } }
      : { after, cluster, fact: { ...what, object: `${cluster}/${what.object}` } },
  );

const stories = fc.array(happening, { minLength: 2, maxLength: 40, size: "max" });

/** How late an event arrives, for `lastSeen`; it is put in when it happens. */
function lateness(late: number): { readonly lateBy?: number } {
  return late === 0 ? {} : { lateBy: late };
}

class FactBed {
  readonly bed = new EngineBed({
    rules: RULES,
    route: ROUTE,
    sinks: [{ name: "a" }, { name: "b" }],
    states: new ObjectStates(),
  });
  /** The newest time of a fact that said something, by object; epoch milliseconds. */
  readonly newestFact = new Map<string, number>();

  constructor() {
    this.bed.answers = false;
    this.bed.live("", "a").live("", "b");
  }

  happen({ after, event, fact }: Happening): this {
    this.bed.until(this.bed.now + after);
    if (event !== undefined) {
      const { lateBy = 0, ...sketch }: EventSketch & { readonly lateBy?: number } = event;
      this.bed.at(this.bed.now, lateBy === 0 ? sketch : { ...sketch, lastSeen: this.bed.now - lateBy });
    }
    if (fact !== undefined) {
      const at = START + (this.bed.now - fact.age) * 1000;
      if (fact.found !== "unknown")
        this.newestFact.set(fact.object, Math.max(at, this.newestFact.get(fact.object) ?? 0));
      this.bed.step({ kind: "facts", facts: [{ object: fact.object, at, found: fact.found }] });
    }
    return this;
  }

  tell(story: readonly Happening[]): this {
    for (const each of story) this.happen(each);
    this.bed.until(this.bed.now + 3 * 3600);
    return this;
  }

  /** The messages to the sink of a cluster. */
  messagesTo(sink: string): readonly string[] {
    return this.bed.timeline.filter((line) => line.includes(` ${sink} `));
  }
}

/** The members of alerts that state ends, or is about to end, although no fact is newer than their last occurrence. */
function endedTooSoon({ bed, newestFact }: FactBed): readonly string[] {
  return [...bed.engine.alerts()].flatMap(({ well, members, resolvedBy, phase }) => {
    if (well === undefined || (phase === "resolved" && !BY_STATE.has(resolvedBy?.how))) return [];
    return members.flatMap((member) => {
      const known = [objectOfMember(member), workloadOfMember(member)].map((key) => newestFact.get(key) ?? 0);
      // An occurrence may tell of the time before the end, and then be dated a little later.
      return member.clearedAt === undefined && member.lastSeenAt > Math.max(...known) + 15_000
        ? [member.key]
        : [];
    });
  });
}

describe("facts in any order, late, contradictory, for unknown objects, of hostile states", () => {
  it("never break the engine, and end no alert whose newest occurrence is later", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const told = new FactBed();
        for (const each of story) {
          told.happen(each);
          expect(endedTooSoon(told)).toEqual([]);
        }
      }),
      { numRuns: rounds(300) },
    );
  });

  it("of one cluster change nothing in the other", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const both = new FactBed().tell(story);
        // The other cluster passes its time in silence.
        const alone = new FactBed().tell(
          story.map(({ after, cluster, event, fact }) =>
            cluster === "a"
              ? { after, cluster, ...(event && { event }), ...(fact && { fact }) }
              : { after, cluster },
          ),
        );
        expect(both.messagesTo("a")).toEqual(alone.messagesTo("a"));
      }),
      { numRuns: rounds(100) },
    );
  });

  it("leave nothing behind when all alerts are over", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { bed } = new FactBed().tell(story);
        bed.until(bed.now + 80 * 3600);
        expect([...bed.engine.alerts()].map(({ rule }) => rule)).toEqual([]);
        expect(bed.engine.nextDueAt()).toBeUndefined();
      }),
      { numRuns: rounds(50) },
    );
  });

  it("are not changed by questions", () => {
    fc.assert(
      fc.property(stories, (story) => {
        const asked = new FactBed();
        for (const each of story) {
          asked.happen(each);
          askEverything(asked.bed);
        }
        const unasked = new FactBed();
        for (const each of story) unasked.happen(each);
        expect(asked.bed.changes).toEqual(unasked.bed.changes);
        expect(asked.bed.inquiries).toEqual(unasked.bed.inquiries);
      }),
      { numRuns: rounds(50) },
    );
  });
});

function askEverything({ engine, now }: EngineBed): void {
  engine.nextDueAt();
  for (const alert of engine.alerts()) engine.conditionOf(alert, START + now * 1000);
  for (const object of objects) {
    for (const reason of ["Started", "Killing", "SuccessfulDelete", "Failed"]) {
      const raw = toRawEvent({ reason, object }, { now: START, version: 1, before: () => undefined });
      for (const cluster of ["a", "b"]) engine.awaits(observe(raw, cluster), true);
    }
  }
}
