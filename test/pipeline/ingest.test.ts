import { describe, expect, it } from "vitest";

import { Engine, type Policy } from "../../src/alert/index.ts";
import { silentObserver } from "../../src/alert/observer.ts";
import {
  type Batch,
  type Observation,
  observe,
  type RawEvent,
  type SeenRow,
  WatchLineReader,
} from "../../src/event/index.ts";
import { ingest, OwnerIndex, RecentChanges, RecentObservations } from "../../src/pipeline/index.ts";
import { makePolicy, START } from "../support/engine-bed.ts";

const SECOND = 1000;

const NEAR = `
rules:
  - { name: near, match: { reason: FailedScheduling }, resolve: { by: [{ reason: Scheduled, same: [object] }] } }
`;

const FAR = `${NEAR}
  - { name: far, match: { reason: Outage }, resolve: { by: [{ reason: Calm, same: [namespace] }] } }
`;

/** Batches of a source that go through `ingest` into an engine, with rows in a map. */
class Bed {
  readonly seen = new Map<string, SeenRow>();
  readonly results: Record<string, number> = {};
  missed = 0;
  /** Events that were parsed as a whole, by reason; each may be asked for more than once. */
  readonly parsed: string[] = [];
  readUpTo: string | undefined;
  readonly #policy: Policy;
  readonly #engine: Engine;
  readonly #owners = new OwnerIndex({ owners: () => Promise.resolve(new Map()) });
  readonly #recent = new RecentObservations();
  #version = 100;

  constructor(rules = NEAR) {
    const policy = makePolicy({ rules });
    this.#policy = policy;
    this.#engine = new Engine({
      policy,
      observer: silentObserver,
      newId: () => "id",
      now: START,
    });
  }

  get open(): readonly string[] {
    return [...this.#engine.alerts()].flatMap((alert) => (alert.phase === "resolved" ? [] : [alert.rule]));
  }

  /** About the Pod shop/web, by the scheduler; `at` is in seconds since the start. */
  event(
    reason: string,
    at: number,
    { object = "web", name = reason }: Partial<Record<"object" | "name", string>> = {},
  ): RawEvent {
    const time = new Date(START + at * SECOND).toISOString();
    this.#version += 1;
    return {
      metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: String(this.#version) },
      involvedObject: { kind: "Pod", namespace: "shop", name: object },
      reason,
      source: { component: "default-scheduler" },
      firstTimestamp: time,
      lastTimestamp: time,
    };
  }

  watch(...events: readonly RawEvent[]): Promise<void> {
    return this.#take(events, "watch");
  }

  /** A list that only makes sure, of what the watch has read. */
  list(...events: readonly RawEvent[]): Promise<void> {
    return this.#take(events, "list");
  }

  #observe(raw: RawEvent): Observation {
    const get = (): RawEvent => {
      this.parsed.push(String(raw.reason));
      return raw;
    };
    const bytes = Buffer.from(JSON.stringify({ type: "ADDED", object: raw }));
    const observation = new WatchLineReader("test").read(bytes, 0, bytes.length)?.observation;
    return Object.defineProperty(observation ?? observe(raw, "test"), "raw", { get });
  }

  async #take(events: readonly RawEvent[], via: Batch["via"]): Promise<void> {
    const batch: Batch = {
      cluster: "test",
      observations: events.map((event) => this.#observe(event)),
      via,
      position: undefined,
      scope: "core/",
      epoch: 0,
      coverageStartAt: START,
      historyBefore: undefined,
      listEnds: via === "list",
      receivedAt: START,
    };
    if (via === "list") this.readUpTo = String(this.#version);
    const { occurrences, seen, learned } = await ingest(batch, {
      policy: this.#policy,
      engine: this.#engine,
      store: {
        seen: (lineages) =>
          Promise.resolve(new Map([...this.seen].filter(([lineage]) => lineages.includes(lineage)))),
      },
      owners: this.#owners,
      recent: this.#recent,
      changes: new RecentChanges(),
      learnsOwners: true,
      lookUp: undefined,
      silenceAnnotations: false,
      eventTtlMs: 3_600_000,
      states: undefined,
      metrics: {
        stateUnknown: { inc: () => undefined },
        events: { inc: ({ result }, count) => (this.results[result] = (this.results[result] ?? 0) + count) },
        missed: { inc: () => (this.missed += 1) },
      },
      readUpTo: this.readUpTo,
      completeSince: START,
      onMalformed: (error) => expect.unreachable(String(error)),
    });
    for (const row of seen) this.seen.set(row.lineage, row);
    this.#engine.step({ kind: "occurrences", occurrences, learned }, START);
  }
}

describe("a counter-event", () => {
  it("costs no row and counts as unmatched while nothing awaits it", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("Scheduled", 1));
    await bed.list(bed.event("Scheduled", 1));
    expect([bed.seen.size, bed.results["unmatched"], bed.results["wanted"] ?? 0, bed.missed]).toEqual([
      0, 2, 0, 0,
    ]);
  });

  it("ends the alert that awaits it, and has a row then", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("FailedScheduling", 1));
    expect(bed.open).toEqual(["near"]);
    await bed.watch(bed.event("Scheduled", 2, { object: "another", name: "other" }));
    expect(bed.open).toEqual(["near"]);
    await bed.watch(bed.event("Scheduled", 2));
    expect(bed.open).toEqual([]);
    expect([...bed.seen.keys()]).toEqual(["test/0/shop/FailedScheduling", "test/0/shop/Scheduled"]);
  });

  it("ends the alert that its own batch opens, and none that the batch opens after it", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("FailedScheduling", 1), bed.event("Scheduled", 2));
    expect(bed.open).toEqual([]);
    await bed.watch(
      bed.event("Scheduled", 3, { name: "b" }),
      bed.event("FailedScheduling", 3, { name: "c" }),
    );
    expect(bed.open).toEqual(["near"]);
  });

  it("about any object ends the alert that its own batch opens, where a rule says so", async () => {
    const bed = new Bed(FAR);
    await bed.watch(bed.event("Outage", 1), bed.event("Calm", 2, { object: "another" }));
    expect(bed.open).toEqual([]);
  });

  it("that came when nothing awaited it tells that an older state, which comes after it, is over", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("Scheduled", 10));
    await bed.watch(bed.event("FailedScheduling", 5));
    expect(bed.open).toEqual([]);
    await bed.watch(bed.event("FailedScheduling", 15, { name: "again" }));
    expect(bed.open).toEqual(["near"]);
  });

  it("that the watch shows again ends nothing that came after it", async () => {
    const bed = new Bed();
    const scheduled = bed.event("Scheduled", 10);
    await bed.watch(scheduled);
    await bed.watch(bed.event("FailedScheduling", 20));
    bed.readUpTo = String(scheduled.metadata?.resourceVersion);
    await bed.watch(scheduled);
    expect(bed.open).toEqual(["near"]);
    await bed.watch(bed.event("Scheduled", 30, { name: "newer" }));
    expect(bed.open).toEqual([]);
  });

  it("that has a row of an older state and is shown again ends nothing either", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("FailedScheduling", 1));
    await bed.watch(bed.event("Scheduled", 2));
    expect([bed.open, bed.seen.has("test/0/shop/Scheduled")]).toEqual([[], true]);
    const counted = { ...bed.event("Scheduled", 10), count: 2 };
    await bed.watch(counted);
    await bed.watch(bed.event("FailedScheduling", 20));
    bed.readUpTo = String(counted.metadata?.resourceVersion);
    await bed.watch(counted);
    expect(bed.open).toEqual(["near"]);
    await bed.watch({ ...bed.event("Scheduled", 30), count: 3 });
    expect(bed.open).toEqual([]);
  });

  it("tells in a list too that an older state is over, whichever comes first there", async () => {
    const bed = new Bed();
    await bed.list(bed.event("Scheduled", 10));
    await bed.list(bed.event("FailedScheduling", 5));
    await bed.list(bed.event("FailedScheduling", 5, { object: "b", name: "b" }));
    await bed.list(bed.event("Scheduled", 10, { object: "b", name: "c" }));
    expect(bed.open).toEqual([]);
  });

  it("that a list shows again ends nothing that was written after it, even within one second", async () => {
    const bed = new Bed();
    const scheduled = bed.event("Scheduled", 10);
    await bed.watch(scheduled);
    await bed.watch(bed.event("FailedScheduling", 10));
    await bed.list(scheduled);
    expect([bed.open, bed.missed]).toEqual([["near"], 0]);
    await bed.list(bed.event("Scheduled", 10, { name: "newer" }));
    expect(bed.open).toEqual([]);
  });
});

describe("an Event that nothing wants", () => {
  it("is not parsed as a whole", async () => {
    const bed = new Bed();
    const other = { object: "other" };
    await bed.watch(bed.event("Pulled", 1, other), bed.event("FailedScheduling", 2));
    await bed.watch(bed.event("Scheduled", 3, other), bed.event("Started", 4, other));
    expect(new Set(bed.parsed)).toEqual(new Set(["FailedScheduling"]));
  });

  it("is parsed when it may tell of a change of its object", async () => {
    const bed = new Bed();
    await bed.watch(bed.event("ScalingReplicaSet", 1));
    expect(bed.parsed).toEqual(["ScalingReplicaSet"]);
  });
});

describe("the memory of counter-events", () => {
  const past = (object: string, version: number) =>
    observe(
      {
        metadata: { namespace: "shop", resourceVersion: String(version) },
        involvedObject: { kind: "Pod", namespace: "shop", name: object },
      },
      "test",
    );
  const versions = (recent: RecentObservations, object: string): readonly unknown[] =>
    recent
      .take(`test/Pod/shop/${object}`)
      .map(({ observation }) => observation.raw.metadata?.resourceVersion);

  it("hands out the newest four of an object once, oldest first", () => {
    const recent = new RecentObservations();
    for (let version = 1; version <= 6; version++) recent.remember(past("a", version), START);
    recent.remember(past("b", 7), START);
    expect(versions(recent, "a")).toEqual(["3", "4", "5", "6"]);
    expect([versions(recent, "a"), versions(recent, "b")]).toEqual([[], ["7"]]);
  });

  it("survives that the bytes of an Event are used for something else", () => {
    const recent = new RecentObservations();
    const event = {
      metadata: { namespace: "shop" },
      involvedObject: { kind: "Pod", namespace: "shop", name: "a" },
    };
    const bytes = Buffer.from(JSON.stringify({ type: "ADDED", object: { ...event, reason: "Started" } }));
    const line = new WatchLineReader("test").read(bytes, 0, bytes.length);
    if (line !== undefined) recent.remember(line.observation, START);
    bytes.fill(0);
    expect(recent.take("test/Pod/shop/a")).toMatchObject([
      { observation: { raw: { ...event, reason: "Started" } }, receivedAt: START },
    ]);
  });

  it("is bounded also where Events are large", () => {
    const recent = new RecentObservations();
    const message = "m".repeat(1_000_000);
    for (let version = 1; version <= 100; version++)
      recent.remember(observe({ ...past(`web-${version}`, version).raw, message }, "test"), START);
    expect([versions(recent, "web-1"), versions(recent, "web-100")]).toEqual([[], ["100"]]);
  });

  it("keeps the 2,500 objects heard of last, and twice as many at most", () => {
    const recent = new RecentObservations();
    recent.remember(past("heard of again", 1), START);
    for (let index = 0; index < 5000; index++) {
      recent.remember(past(`web-${index}`, index), START);
      if (index === 2600) recent.remember(past("heard of again", 2), START);
    }
    expect(versions(recent, "heard of again")).toEqual(["1", "2"]);
    expect([
      versions(recent, "web-0"),
      versions(recent, "web-2500").length,
      versions(recent, "web-4999").length,
    ]).toEqual([[], 1, 1]);
  });
});
