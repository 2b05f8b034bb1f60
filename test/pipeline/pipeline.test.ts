import { afterEach, describe, expect, it } from "vitest";

import type { EngineState } from "../../src/alert/engine-input.ts";
import { engineStateFrom } from "../../src/alert/engine-state.ts";
import type { Fact, Inquiry, Policy } from "../../src/alert/index.ts";
import { type Batch, observe, type Position, type RawEvent } from "../../src/event/index.ts";
import { TocsinError } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { answerKey } from "../../src/object/index.ts";
import { type LookUp, Pipeline, type StateLookUp } from "../../src/pipeline/index.ts";
import type { EventSource, SourceMessage } from "../../src/source/index.ts";
import { type EngineStore, giveCommand } from "../../src/store/index.ts";
import { makePolicy, START } from "../support/engine-bed.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { loadEntities } from "../support/load-entities.ts";
import { OwnedStore } from "../support/owned-store.ts";

const RULES = "rules: [{ name: it, match: { reason: BackOff } }]";

/** A source that hands out what a test puts in, and knows what was acknowledged and how often it was asked. */
class ListedSource implements EventSource {
  readonly acknowledged: Position[] = [];
  asked = 0;
  readonly #messages: SourceMessage[] = [];
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  put(...messages: SourceMessage[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  async *messages(signal: AbortSignal): AsyncGenerator<SourceMessage> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      const message = this.#messages.shift();
      if (message === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else {
        this.asked++;
        yield message;
      }
    }
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  ack(position: Position): void {
    this.acknowledged.push(position);
  }

  status(): [] {
    return [];
  }
}

/** `failures`: how many of the next calls are to fail. `calls`: how many there were. */
type FailingStore = EngineStore & { failures: number; calls: number; error: Error };

/** A real store whose next calls fail, whichever they are. */
function failing(store: EngineStore): FailingStore {
  const broken = { failures: 0, calls: 0, error: new Error("disk full") };
  return new Proxy(Object.assign(broken, {}) as FailingStore, {
    get: (target, name) => {
      if (Object.hasOwn(broken, name)) return Reflect.get(target, name);
      const call: unknown = Reflect.get(store, name);
      if (typeof call !== "function") return call;
      return (...args: unknown[]): unknown => {
        target.calls++;
        if (target.failures === 0) return call.apply(store, args);
        target.failures--;
        return Promise.reject(target.error);
      };
    },
  });
}

/** Alerts as they are stored. */
async function alertsIn(store: EngineStore): Promise<EngineState["alerts"]> {
  return engineStateFrom(await loadEntities(store)).alerts;
}

interface BedOptions {
  readonly rules?: string;
  readonly forward?: string;
  readonly owned?: OwnedStore;
  readonly lookUp?: LookUp;
  readonly stateLookUp?: StateLookUp;
  readonly silenceAnnotations?: boolean;
}

/** A look-up of states that answers when the test says so. */
class LateAnswers implements StateLookUp {
  readonly asked: Inquiry[] = [];
  isClosed = false;
  #onFact: (fact: Fact) => void = () => undefined;

  ask(inquiries: readonly Inquiry[], onFact: (fact: Fact) => void): void {
    this.asked.push(...inquiries);
    this.#onFact = onFact;
  }

  answer(...facts: readonly Fact[]): void {
    for (const fact of facts) this.#onFact(fact);
  }

  close(): void {
    this.isClosed = true;
  }
}

class Bed implements AsyncDisposable {
  readonly clock = new FakeClock(START);
  readonly source = new ListedSource();
  readonly metrics = new Metrics();
  /** Sinks for which the bell rang. */
  readonly committed: string[] = [];
  /** Sinks of which records had no room. */
  readonly refused: string[] = [];
  readonly owned: OwnedStore;
  readonly store: FailingStore;
  policy: Policy;
  readonly pipeline: Pipeline;
  readonly #stop = new AbortController();
  ended: Promise<void> = Promise.resolve();
  #version = 100;

  static async open(options: BedOptions = {}): Promise<Bed> {
    const owned =
      options.owned ??
      (await OwnedStore.open({
        path: ":memory:",
        clock: new FakeClock(),
        log: silentLogger,
        defer: queueMicrotask,
      }));
    const bed = new Bed(owned, await owned.engine.positions(), options);
    await bed.pipeline.load();
    bed.ended = bed.pipeline.run();
    bed.ended.catch(() => undefined);
    bed.source.put({ kind: "live", cluster: "test", scope: "core/", at: START });
    await bed.clock.advance(0);
    return bed;
  }

  constructor(
    owned: OwnedStore,
    positions: readonly Position[],
    { rules = RULES, forward = "[]", ...more }: BedOptions,
  ) {
    this.owned = owned;
    this.store = failing(owned.engine);
    this.policy = makePolicy({ rules, forward });
    owned.host.bell.on("sink/ops", () => this.committed.push("ops"));
    this.pipeline = new Pipeline({
      policy: () => this.policy,
      positions,
      store: this.store,
      partition: 0,
      bell: owned.host.bell,
      source: this.source,
      eventTtlMs: 3_600_000,
      learnsOwners: true,
      lookUp: more.lookUp,
      stateLookUp: more.stateLookUp,
      silenceAnnotations: more.silenceAnnotations ?? false,
      onCommitted: () => undefined,
      onRefused: (records) => this.refused.push(...records.keys()),
      newId: () => crypto.randomUUID(),
      clock: this.clock,
      log: silentLogger,
      metrics: this.metrics,
      signal: this.#stop.signal,
    });
  }

  batch(events: readonly RawEvent[], more: Partial<Batch> = {}): SourceMessage {
    this.#version += 10;
    const { cluster = "test" } = more;
    const position: Position = {
      cluster,
      scope: "core/",
      clusterId: "c",
      epoch: 0,
      resourceVersion: String(this.#version),
      coverageStartAt: START - 1000,
      updatedAt: this.clock.now(),
    };
    return {
      kind: "batch",
      batch: {
        cluster,
        observations: events.map((event) => observe(event, cluster)),
        via: "watch",
        position,
        scope: "core/",
        epoch: 0,
        coverageStartAt: START - 1000,
        historyBefore: undefined,
        listEnds: false,
        receivedAt: this.clock.now(),
        ...more,
      },
    };
  }

  event(name: string, more: Partial<RawEvent> & { readonly version?: string } = {}): RawEvent {
    const { version = String(++this.#version), ...fields } = more;
    const time = new Date(this.clock.now()).toISOString();
    return {
      metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: version },
      involvedObject: { kind: "Pod", namespace: "shop", name: "web-1" },
      reason: "BackOff",
      type: "Warning",
      message: "Back-off",
      source: { component: "kubelet" },
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      ...fields,
    };
  }

  async count(name: string, labels = ""): Promise<number> {
    const lines = (await this.metrics.text())
      .split("\n")
      .filter((line) => line.startsWith(name) && line.includes(labels));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  stop(): void {
    this.#stop.abort(new Error("the test is over"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.ended.catch(() => undefined);
    await this.owned.close();
  }
}

let bed: Bed;
afterEach(async () => {
  await bed[Symbol.asyncDispose]();
});

describe("the pipeline", () => {
  it("commits the alert, the seen row and the position together, and acknowledges only then", async () => {
    bed = await Bed.open();
    bed.store.failures = 1;
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(50);
    expect([bed.source.acknowledged.length, (await alertsIn(bed.store)).length]).toEqual([0, 0]);
    await bed.clock.advance(1000);
    expect(await alertsIn(bed.store)).toHaveLength(1);
    expect(await bed.store.positions()).toEqual(bed.source.acknowledged);
    const row = (await bed.store.seen(["test/0/shop/a"])).get("test/0/shop/a");
    // Twice the TTL of Events, so that one that is re-created finds what it had counted.
    expect(row?.expiresAt).toBe(START + 2 * 3_600_000);
  });

  describe("where the engine asks for the state of objects", () => {
    const rules = "rules: [{ name: it, match: { reason: BackOff }, resolve: { when: ready } }]";
    const object = "test/Pod/shop/web-1";

    it("asks when the conclusions of the step are stored, and not before", async () => {
      const answers = new LateAnswers();
      bed = await Bed.open({ rules, stateLookUp: answers });
      bed.source.put(bed.batch([bed.event("a")]));
      await bed.clock.advance(0);
      bed.store.failures = Infinity;
      await bed.clock.advance(60_000);
      expect(answers.asked).toEqual([]);
      bed.store.failures = 0;
      while (answers.asked.length === 0) await bed.clock.advance(500);
      expect(answers.asked).toContainEqual({ object, apiVersion: "", purpose: "tell" });
    });

    it("gives it the answer as one more input, for which a message has waited", async () => {
      const answers = new LateAnswers();
      bed = await Bed.open({ rules, stateLookUp: answers });
      bed.source.put(bed.batch([bed.event("a")]));
      while (answers.asked.length === 0) await bed.clock.advance(100);
      expect(bed.committed).toEqual([]);
      answers.answer({ object, at: bed.clock.now(), found: "unknown" });
      await bed.clock.advance(0);
      expect(bed.committed).toEqual(["ops"]);
    });

    it("asks without a commit where the step concludes nothing else", async () => {
      const answers = new LateAnswers();
      bed = await Bed.open({ rules, stateLookUp: answers });
      bed.source.put(bed.batch([bed.event("a")]));
      while (bed.committed.length === 0) await bed.clock.advance(1000);
      answers.answer({ object, at: bed.clock.now(), found: "unknown" });
      let calls = 0;
      while (!answers.asked.some(({ purpose }) => purpose === "watch")) {
        calls = bed.store.calls;
        await bed.clock.advance(100);
      }
      expect(bed.store.calls).toBe(calls);
    });

    it("asks about the object of an Event that was deleted before its time", async () => {
      const answers = new LateAnswers();
      bed = await Bed.open({ rules, stateLookUp: answers });
      bed.source.put(bed.batch([bed.event("a")]));
      await bed.clock.advance(0);
      bed.source.put(bed.batch([], { ended: [observe(bed.event("a"), "test")] }));
      await bed.clock.advance(0);
      expect(answers.asked).toEqual([{ object, apiVersion: "", purpose: "hint" }]);
    });

    it("ends the look-ups with itself", async () => {
      const answers = new LateAnswers();
      bed = await Bed.open({ rules, stateLookUp: answers });
      bed.stop();
      await bed.ended;
      expect(answers.isClosed).toBe(true);
    });
  });

  it("goes on with alerts, and says so, when records have no more room", async () => {
    const memory = { path: ":memory:", clock: new FakeClock(), log: silentLogger, defer: queueMicrotask };
    const owned = await OwnedStore.open({ ...memory, maxBytes: 3_000_000 });
    bed = await Bed.open({ owned, forward: "[{ name: all, sinks: [ops] }]" });
    for (let round = 0; round < 200; round++) {
      const long = { reason: "Other", message: "x".repeat(8000) };
      bed.source.put(bed.batch([bed.event(`long-${round}`, long)]));
      await bed.clock.advance(0);
    }
    expect(new Set(bed.refused)).toEqual(new Set(["ops"]));
    expect(await bed.count("tocsin_forward_dropped_total", 'sink="ops"')).toBe(bed.refused.length);
    bed.source.put(bed.batch([bed.event("alert")]));
    await bed.clock.advance(60_000);
    const { rows } = await bed.owned.queries.deliveries({ which: "open", limit: 1 });
    expect(rows).toMatchObject([{ sink: "ops", kind: "firing" }]);
  });

  describe("where nothing is concluded", () => {
    const idle = (name: string) => bed.batch([bed.event(name, { reason: "Other" })]);
    const versions = (positions: readonly Position[]) => positions.map((each) => each.resourceVersion);

    it("leaves the position to the next conclusions, and acknowledges it then", async () => {
      bed = await Bed.open();
      bed.source.put(idle("a"), idle("b"));
      await bed.clock.advance(900);
      expect([versions(bed.source.acknowledged), bed.pipeline.positions]).toEqual([[], []]);
      bed.source.put(bed.batch([bed.event("c")]));
      await bed.clock.advance(0);
      expect(versions(bed.source.acknowledged)).toEqual(["133"]);
      expect(await bed.store.positions()).toEqual(bed.pipeline.positions);
    });

    it("stores the position after a second, once", async () => {
      bed = await Bed.open();
      const calls = bed.store.calls;
      bed.source.put(idle("a"), idle("b"));
      await bed.clock.advance(1000);
      expect([versions(bed.source.acknowledged), bed.store.calls - calls]).toEqual([["122"], 1]);
      await bed.clock.advance(10_000);
      expect(bed.store.calls - calls).toBe(1);
    });

    it("stores the position at the end", async () => {
      bed = await Bed.open();
      bed.source.put(idle("a"));
      await bed.clock.advance(0);
      bed.stop();
      await bed.ended;
      expect(versions(await bed.store.positions())).toEqual(["111"]);
    });

    it("ends although the store does not take the position, which stays unacknowledged", async () => {
      bed = await Bed.open();
      bed.source.put(idle("a"));
      await bed.clock.advance(0);
      bed.store.failures = Infinity;
      bed.stop();
      await bed.ended;
      expect(bed.source.acknowledged).toEqual([]);
      bed.store.failures = 0;
    });

    it("stores the position with the owners that Events taught, and these before it asks for others", async () => {
      bed = await Bed.open();
      const assigned = (name: string) =>
        bed.event(`s-${name}`, {
          reason: "Scheduled",
          involvedObject: { kind: "Pod", namespace: "shop", name },
          message: `Successfully assigned shop/${name} to node-1`,
        });
      bed.source.put(bed.batch([assigned("web-8")]));
      await bed.clock.advance(0);
      expect((await bed.store.owners(["test/Pod/shop/web-8"])).size).toBe(0);
      const inStore = bed.owned.engine.owners.bind(bed.owned.engine);
      const known: number[] = [];
      bed.owned.engine.owners = async (objects) => {
        known.push((await inStore(["test/Pod/shop/web-8"])).size);
        return inStore(objects);
      };
      bed.source.put(bed.batch([bed.event("a")]));
      await bed.clock.advance(0);
      expect([known.length > 0, new Set(known)]).toEqual([true, new Set([1])]);
    });

    it("stores owners at once when there are many", async () => {
      bed = await Bed.open();
      const created = (index: number) =>
        bed.event(`c-${index}`, {
          reason: "SuccessfulCreate",
          involvedObject: { kind: "ReplicaSet", namespace: "shop", name: "web" },
          message: `Created pod: web-${index}`,
          source: { component: "replicaset-controller" },
        });
      const events = Array.from({ length: 2000 }, (_, index) => created(index));
      bed.source.put(bed.batch(events.slice(1)));
      await bed.clock.advance(0);
      expect(bed.source.acknowledged).toEqual([]);
      bed.source.put(bed.batch(events.slice(0, 1)));
      await bed.clock.advance(0);
      expect(bed.source.acknowledged).toHaveLength(1);
      expect((await bed.store.owners(["test/Pod/shop/web-0", "test/Pod/shop/web-1999"])).size).toBe(2);
    });
  });

  it("repeats the same commit until the store takes it, and asks for nothing more meanwhile", async () => {
    bed = await Bed.open();
    bed.store.failures = 5;
    bed.source.put(bed.batch([bed.event("a")]), bed.batch([bed.event("b")]));
    await bed.clock.advance(300);
    expect([bed.source.asked, bed.pipeline.status().storeError]).toEqual([2, "disk full"]);
    await bed.clock.advance(30_000);
    expect(bed.pipeline.status().storeError).toBe("");
    expect((await alertsIn(bed.store)).map((alert) => alert.occurrences)).toEqual([2]);
  });

  it("ends at the signal although the store takes nothing, and has acknowledged nothing", async () => {
    bed = await Bed.open();
    bed.store.failures = Infinity;
    bed.source.put(bed.batch([bed.event("a")]), bed.batch([bed.event("b")]));
    await bed.clock.advance(60_000);
    bed.stop();
    await bed.ended;
    expect(bed.source.acknowledged).toEqual([]);
    bed.store.failures = 0;
    expect(await alertsIn(bed.store)).toEqual([]);
  });

  it("ends when the store is another's now: repeats nothing, acknowledges nothing, and asks for nothing more", async () => {
    bed = await Bed.open();
    bed.store.error = new TocsinError("ERR_FENCED", '"engine/0" is not held by this process any more');
    bed.store.failures = 1;
    bed.source.put(bed.batch([bed.event("a")]), bed.batch([bed.event("b")]));
    await bed.clock.advance(10);
    await expect(bed.ended).rejects.toMatchObject({ code: "ERR_FENCED" });
    const { calls } = bed.store;
    const { asked } = bed.source;
    await bed.owned.host.commands.put({ id: "c", kind: "reload" });
    await bed.clock.advance(3_600_000);
    expect([bed.store.calls, bed.source.asked, bed.source.acknowledged]).toEqual([calls, asked, []]);
    expect(await alertsIn(bed.store)).toEqual([]);
    expect(bed.clock.pending).toBe(0);
  });

  it("counts nothing twice when a batch is handed out again", async () => {
    bed = await Bed.open();
    const batch = bed.batch([bed.event("a", { count: 3 }), bed.event("b")]);
    bed.source.put(batch, batch);
    await bed.clock.advance(10);
    expect((await alertsIn(bed.store)).map((alert) => alert.occurrences)).toEqual([4]);
  });

  it("goes on after an Event that is none, and counts it", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([{ reason: "BackOff" }, bed.event("a", { count: "many", lastTimestamp: 5 })]));
    await bed.clock.advance(10);
    expect(await alertsIn(bed.store)).toHaveLength(1);
    expect(await bed.count("tocsin_events_total", 'result="malformed"')).toBe(1);
    expect(await bed.count("tocsin_events_total")).toBe(2);
  });

  it("keeps nothing of Events that nobody wants", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([bed.event("a", { reason: "Whatever" })]));
    await bed.clock.advance(10);
    expect((await bed.store.seen(["test/0/shop/a"])).size).toBe(0);
    expect(await bed.count("tocsin_events_total", 'result="unmatched"')).toBe(1);
  });

  it("wakes the sinks of what it committed, at the time it is due", async () => {
    bed = await Bed.open({ forward: "[{ name: all, sinks: [ops] }]" });
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(10);
    expect(bed.committed).toEqual(["ops"]);
    await bed.clock.advance(30_000);
    expect(bed.committed).toEqual(["ops", "ops"]);
    expect(await bed.owned.lease(bed.clock.now())).toHaveLength(1);
  });

  it("learns owners from Events, over two steps and also from the store after a restart", async () => {
    bed = await Bed.open();
    const created = { kind: "ReplicaSet", namespace: "shop", name: "web-7f" };
    bed.source.put(
      bed.batch([
        bed.event("c", {
          reason: "SuccessfulCreate",
          involvedObject: created,
          message: "Created pod: web-1",
          source: { component: "replicaset-controller" },
        }),
      ]),
      bed.batch([
        bed.event("s", {
          reason: "ScalingReplicaSet",
          involvedObject: { kind: "Deployment", namespace: "shop", name: "web" },
          message: "Scaled up replica set web-7f from 0 to 1",
          source: { component: "deployment-controller" },
        }),
      ]),
    );
    await bed.clock.advance(1000);
    const { store, owned } = bed;
    const next = await Bed.open({ owned });
    next.source.put(next.batch([next.event("a")]));
    await next.clock.advance(10);
    const [alert] = await alertsIn(store);
    expect(alert?.labels["workload"]).toBe("Deployment/web");
    await next[Symbol.asyncDispose]().catch(() => undefined);
    bed = await Bed.open();
  });

  describe("with batches of two clusters", () => {
    const taught = (cluster: string, replicaSet: string): SourceMessage =>
      bed.batch(
        [
          bed.event("c", {
            reason: "SuccessfulCreate",
            involvedObject: { kind: "ReplicaSet", namespace: "shop", name: replicaSet },
            message: "Created pod: web-1",
            source: { component: "replicaset-controller" },
          }),
        ],
        { cluster },
      );

    it("keeps their positions, rows, owners and alerts apart, also of one and the same Event", async () => {
      bed = await Bed.open();
      const event = bed.event("a");
      bed.source.put(taught("test", "one"), taught("dev", "two"));
      bed.source.put(bed.batch([event]), bed.batch([event], { cluster: "dev" }), bed.batch([event]));
      await bed.clock.advance(1000);
      const alerts = await alertsIn(bed.store);
      expect(
        alerts.map(({ labels, occurrences }) => [labels["cluster"], labels["workload"], occurrences]),
      ).toEqual([
        ["test", "ReplicaSet/one", 1],
        ["dev", "ReplicaSet/two", 1],
      ]);
      expect([...(await bed.store.seen(["test/0/shop/a", "dev/0/shop/a"])).keys()]).toHaveLength(2);
      const owners = await bed.store.owners(["test/Pod/shop/web-1", "dev/Pod/shop/web-1"]);
      expect([...owners.values()].map(({ owner }) => owner)).toEqual(["ReplicaSet/one", "ReplicaSet/two"]);
      const positions = await bed.store.positions();
      expect(positions.map(({ cluster, scope }) => `${cluster} ${scope}`).toSorted()).toEqual([
        "dev core/",
        "test core/",
      ]);
    });

    it("reads a list of one as news, however far the watch of the other has come", async () => {
      bed = await Bed.open();
      bed.source.put(bed.batch([bed.event("a")]));
      const list = bed.batch(
        [bed.event("b", { metadata: { name: "b", namespace: "shop", resourceVersion: "7" } })],
        {
          cluster: "dev",
          via: "list",
          listEnds: true,
        },
      );
      bed.source.put(list);
      await bed.clock.advance(1000);
      expect(await alertsIn(bed.store)).toHaveLength(2);
      expect(await bed.count("tocsin_watch_missed_total")).toBe(0);
    });

    it("ends the alert of a deleted object in its cluster only", async () => {
      const lookUp: LookUp = {
        wants: () => true,
        find: async () => [],
        describe: async () => new Map(),
        gone: async (objects) => objects.filter((object) => object.startsWith("dev/")),
      };
      bed = await Bed.open({ lookUp });
      bed.source.put(bed.batch([bed.event("a")]), bed.batch([bed.event("a")], { cluster: "dev" }));
      const open = async (): Promise<readonly unknown[]> =>
        (await alertsIn(bed.store)).map(({ labels }) => labels["cluster"]);
      await bed.clock.advance(1000);
      expect(await open()).toEqual(["test", "dev"]);
      await bed.clock.advance(60_000);
      expect(await open()).toEqual(["test"]);
    });
  });

  it("looks up whom a rule needs to know, once, and keeps what it learnt", async () => {
    const asked: string[] = [];
    const lookUp: LookUp = {
      wants: (object) => object.startsWith("test/Pod/"),
      describe: async () => new Map(),
      gone: async () => [],
      find: async (objects) => {
        asked.push(...objects);
        const expiresAt = START + 86_400_000;
        return objects.map((object) => ({
          object,
          owner: object.endsWith("/web-1") ? "Deployment/web" : "",
          node: "",
          expiresAt,
        }));
      },
    };
    bed = await Bed.open({ lookUp });
    const of = (name: string): Pick<RawEvent, "involvedObject"> => ({
      involvedObject: { kind: "Pod", namespace: "shop", name },
    });
    bed.source.put(
      bed.batch([
        bed.event("a"),
        bed.event("b", { reason: "Pulled" }),
        bed.event("c", of("alone")),
        bed.event("d", {
          involvedObject: {
            kind: "Pod",
            apiVersion: "other.example.com/v1",
            namespace: "shop",
            name: "foreign",
          },
        }),
      ]),
    );
    await bed.clock.advance(10);
    expect(asked).toEqual(["test/Pod/shop/web-1", "test/Pod/shop/alone"]);
    const alerts = await alertsIn(bed.store);
    expect(alerts.map(({ labels }) => String(labels["workload"])).toSorted()).toEqual([
      "Deployment/web",
      "Pod/alone",
      "Pod/foreign",
    ]);
    bed.source.put(
      bed.batch([
        bed.event("d"),
        bed.event("e", of("alone")),
        bed.event("f", { reason: "Pulled", ...of("x") }),
      ]),
    );
    await bed.clock.advance(10);
    expect(asked).toHaveLength(2);
    expect((await bed.store.owners(["test/Pod/shop/web-1"])).get("test/Pod/shop/web-1")?.owner).toBe(
      "Deployment/web",
    );
  });

  it("looks up labels of objects and namespaces where a rule reads them, and only there", async () => {
    const described: string[] = [];
    const lookUp: LookUp = {
      wants: () => false,
      find: async () => [],
      gone: async () => [],
      describe: async (objects) => {
        described.push(...[...objects].map(answerKey));
        return new Map([
          ["test/Namespace//shop", { labels: { team: "checkout" }, annotations: {} }],
          ["test/Pod/shop/web-1", { labels: { app: "web" }, annotations: {} }],
        ]);
      },
    };
    const rules = `
rules:
  - { name: it, match: { reason: BackOff, namespaceLabels: { team: checkout } }, labels: { app: '{{ event.involvedObject.labels.app.default("none") }}' } }
  - { name: other, match: { reason: BackOff, namespaceLabels: { team: pay } } }
`;
    bed = await Bed.open({ rules, lookUp });
    const foreign = { kind: "Pod", apiVersion: "other.example.com/v1", namespace: "shop", name: "foreign" };
    bed.source.put(
      bed.batch([
        bed.event("a"),
        bed.event("b", { reason: "Pulled" }),
        bed.event("c", { involvedObject: foreign, reason: "BackOff" }),
      ]),
    );
    await bed.clock.advance(10);
    const asked = described.splice(0);
    expect(new Set(asked)).toEqual(
      new Set(["test/Pod/shop/web-1", "test/Pod/shop/foreign other.example.com", "test/Namespace//shop"]),
    );
    const alerts = await alertsIn(bed.store);
    expect(alerts.map(({ rule, labels }) => [rule, labels["app"]])).toEqual([
      ["it", "web"],
      ["it", "none"],
    ]);
    await bed[Symbol.asyncDispose]();
    bed = await Bed.open({ lookUp });
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(10);
    expect(described).toEqual([]);
  });

  it("silences what an object or its namespace asks for, seven days at most, until the annotation is gone", async () => {
    let annotations: Record<string, string> = { "tocsin.dev/silence-until": "9999-01-01T00:00:00Z" };
    const lookUp: LookUp = {
      wants: () => false,
      find: async () => [],
      gone: async () => [],
      describe: async (objects) =>
        new Map(
          [...objects].map(({ object }) => [
            object,
            { labels: {}, annotations: object.startsWith("test/Namespace/") ? annotations : {} },
          ]),
        ),
    };
    bed = await Bed.open({ lookUp, silenceAnnotations: true });
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(60_000);
    expect(bed.committed).toEqual([]);
    const [silence] = bed.pipeline.engine.silences.all();
    expect(silence).toMatchObject({
      id: "annotation/test/Namespace//shop",
      origin: "annotation",
      match: { namespace: "shop" },
      until: START + 7 * 86_400_000,
    });
    annotations = {};
    bed.source.put(bed.batch([bed.event("a", { count: 2 })]));
    await bed.clock.advance(60_000);
    expect(bed.committed).toEqual(["ops"]);
    annotations = { "tocsin.dev/silence-until": "next week" };
    bed.source.put(bed.batch([bed.event("a", { count: 3 })]));
    await bed.clock.advance(10);
    expect(bed.pipeline.engine.silences.all()).toHaveLength(1);
  });

  it("ends what is about objects that are gone, and asks about each only now and then", async () => {
    const asked: string[] = [];
    const lookUp: LookUp = {
      wants: (object) => object.startsWith("test/Pod/"),
      find: async () => [],
      describe: async () => new Map(),
      gone: async (objects) => {
        asked.push(...objects);
        return objects.filter((object) => object.endsWith("/web-1"));
      },
    };
    const rules = "rules: [{ name: it, match: { reason: BackOff }, resolve: { by: [], quiet: 1h } }]";
    bed = await Bed.open({ rules, lookUp });
    const other = { involvedObject: { kind: "Pod", namespace: "shop", name: "web-2" } };
    bed.source.put(bed.batch([bed.event("a"), bed.event("b", other)]));
    for (let step = 0; step < 21 && asked.length === 0; step++) await bed.clock.advance(10_000);
    expect(asked).toEqual(["test/Pod/shop/web-1", "test/Pod/shop/web-2"]);
    const alerts = [...bed.pipeline.engine.alerts()];
    expect(alerts.map(({ labels, phase, resolvedBy }) => [labels["name"], phase, resolvedBy?.how])).toEqual([
      ["web-1", "resolved", "deleted"],
      ["web-2", "firing", undefined],
    ]);
    await bed.clock.advance(600_000);
    expect(asked.filter((object) => object.endsWith("web-2"))).toHaveLength(2);
  });

  it("counts conditions that fail, of Events that then do not match", async () => {
    const rules =
      "rules: [{ name: it, match: { reason: BackOff }, when: \"event.metadata.labels['no'] == 'x'\" }]";
    bed = await Bed.open({ rules });
    bed.source.put(bed.batch([bed.event("a"), bed.event("b")]));
    await bed.clock.advance(61_000);
    expect(await alertsIn(bed.store)).toEqual([]);
    const two = 'tocsin_rule_errors_total{rule="it",stage="when"} 2';
    expect(await bed.metrics.text()).toContain(two);
    bed.source.put(bed.batch([bed.event("c", { reason: "Other" })]));
    await bed.clock.advance(61_000);
    expect(await bed.metrics.text()).toContain(two);
  });

  it("counts what only a list shows although the watch had read past it", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(1000);
    bed.source.put(
      bed.batch([bed.event("missed", { version: "105" }), bed.event("new", { version: "999" })], {
        via: "list",
        listEnds: true,
      }),
    );
    await bed.clock.advance(10);
    expect(await bed.count("tocsin_watch_missed_total")).toBe(1);
  });

  it("lets no list that only makes sure hold messages back, however long it takes", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(29_000);
    bed.source.put(bed.batch([bed.event("b")], { via: "list" }));
    await bed.clock.advance(1100);
    expect(bed.committed).toEqual(["ops"]);
  });

  it("holds messages back while a list is read that was to be: what it shows last may end what they say", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([bed.event("a")]), {
      kind: "gap",
      cluster: "test",
      scope: "core/",
      at: START,
      cause: "a test",
    });
    bed.source.put(bed.batch([bed.event("b")], { via: "list" }));
    await bed.clock.advance(40_000);
    expect(bed.committed).toEqual([]);
    bed.source.put({ kind: "live", cluster: "test", scope: "core/", at: bed.clock.now() });
    await bed.clock.advance(100);
    expect(bed.committed).toEqual(["ops"]);
  });

  describe("after the server's history went backwards", () => {
    const later = { epoch: 1, via: "list", listEnds: true } as const;
    const occurrences = async (): Promise<number | undefined> =>
      (await alertsIn(bed.store)).map((alert) => alert.occurrences)[0];

    it("counts nothing again of what it knew, and forgets no count", async () => {
      bed = await Bed.open({ forward: "[{ name: all, sinks: [ops] }]" });
      const { uid, resourceVersion: _, ...metadata } = bed.event("a").metadata ?? {};
      const state = (count: number, version: string, second: number): RawEvent =>
        bed.event("a", {
          metadata: { ...metadata, uid, resourceVersion: version },
          count,
          lastTimestamp: new Date(START + second * 1000).toISOString(),
        });
      bed.source.put(bed.batch([state(5, "900", 0)]));
      await bed.clock.advance(10);
      bed.source.put(bed.batch([state(3, "700", 0)], later));
      await bed.clock.advance(10);
      expect(await occurrences()).toBe(5);
      bed.source.put(bed.batch([state(6, "701", 30)], { epoch: 1 }));
      await bed.clock.advance(10);
      expect(await occurrences()).toBe(6);
      const records = await bed.owned.leaseRecords(bed.clock.now() + 1000);
      expect(records.map(({ body }) => (JSON.parse(body) as { delta: number }).delta)).toEqual([5, 1]);
    });

    it("counts what happened since, also when the writer began to count anew", async () => {
      bed = await Bed.open();
      bed.source.put(bed.batch([bed.event("a", { count: 5 })]));
      await bed.clock.advance(5000);
      bed.source.put(bed.batch([bed.event("a", { count: 4 })], later));
      await bed.clock.advance(10);
      expect(await occurrences()).toBe(6);
    });

    it("takes another Event of the same name for what it is", async () => {
      bed = await Bed.open();
      bed.source.put(bed.batch([bed.event("a", { count: 5 })]));
      await bed.clock.advance(10);
      const other = bed.event("a", { count: 2 });
      bed.source.put(bed.batch([{ ...other, metadata: { ...other.metadata, uid: "another" } }], later));
      await bed.clock.advance(10);
      expect(await occurrences()).toBe(7);
    });
  });

  it("takes an Event that was created lately for new, whatever the clock of its writer says", async () => {
    bed = await Bed.open();
    const time = new Date(START - 7_200_000).toISOString();
    const slow = { firstTimestamp: time, lastTimestamp: time };
    const event = bed.event("a", slow);
    const created = (at: number): RawEvent => ({
      ...event,
      metadata: { ...event.metadata, creationTimestamp: new Date(at).toISOString() },
    });
    const list = { via: "list", listEnds: true, historyBefore: START - 300_000 } as const;
    bed.source.put(bed.batch([created(START - 7_200_000)], list));
    await bed.clock.advance(10);
    expect(await alertsIn(bed.store)).toEqual([]);
    bed.source.put(
      bed.batch([{ ...created(START), metadata: { ...created(START).metadata, name: "b" } }], list),
    );
    await bed.clock.advance(10);
    expect(await alertsIn(bed.store)).toHaveLength(1);
  });

  it("tells in time what is due when the clock on the wall has jumped", async () => {
    const rule = "{ name: it, match: { reason: BackOff }, for: 10m, resolve: { quiet: 3h } }";
    bed = await Bed.open({ rules: `rules: [${rule}]` });
    bed.source.put(bed.batch([bed.event("a")]));
    await bed.clock.advance(1000);
    bed.clock.setWall(bed.clock.now() + 3_600_000);
    await bed.clock.advance(120_000);
    // Its quiet is not over by then.
    expect(bed.committed).toEqual(["ops"]);
  });

  it("ends when the source fails", async () => {
    bed = await Bed.open();
    bed.source.fail(new Error("out of events"));
    await bed.clock.advance(10);
    await expect(bed.ended).rejects.toThrow("out of events");
  });

  it("takes a reload between two inputs", async () => {
    bed = await Bed.open();
    bed.source.put(bed.batch([bed.event("a", { reason: "Other" })]));
    await bed.clock.advance(10);
    bed.policy = makePolicy({ rules: RULES.replace("BackOff", "Other") });
    const command = { id: "c", kind: "reload" } as const;
    const reloaded = giveCommand(bed.owned.host, command, { clock: bed.clock, withinMs: 2000 });
    await bed.clock.advance(0);
    await reloaded;
    bed.source.put(bed.batch([bed.event("b", { reason: "Other" })]));
    await bed.clock.advance(10);
    expect((await alertsIn(bed.store)).map((alert) => alert.occurrences)).toEqual([1]);
  });
});
