import {
  type Changes,
  type DeliveryOutcome,
  type Engine,
  type EngineInput,
  type Entity,
  type Fact,
  type Inquiry,
  type LearnedOwner,
  type NewDelivery,
  type Notification,
  type Policy,
  type SinkPolicy,
} from "../../src/alert/index.ts";
import { compileTimeIntervals } from "../../src/alert/matching/time-interval-spec.ts";
import { silentObserver } from "../../src/alert/observer.ts";
import { compileRoute } from "../../src/alert/routing/route-spec.ts";
import { compileInhibition } from "../../src/alert/suppression/inhibit-spec.ts";
import { compileSilences } from "../../src/alert/suppression/silence-spec.ts";
import {
  type ClusterEvent,
  difference,
  lineageOf,
  normalise,
  type Occurrence,
  type SeenRow,
} from "../../src/event/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import type { InspectedKind } from "../../src/object/index.ts";
import {
  compileForwards,
  compileRules,
  LABEL_NAMES,
  loadReasonTable,
  readRuleFile,
} from "../../src/rule/index.ts";
import { type Bundle, messageOf } from "../../src/simulate/bundles.ts";
import { VirtualEngine } from "../../src/simulate/virtual-engine.ts";
import { type EventSketch, SECOND, START, toRawEvent } from "./event-sketch.ts";
import type { ObjectStates } from "./object-states.ts";

export { type EventSketch, START } from "./event-sketch.ts";

/** The cluster of events that name none. */
const CLUSTER = "test";

/** How a test sets the engine up; everything has the product's defaults. */
export interface BedOptions {
  /** A rule file. */
  readonly rules: string;
  /** The routing tree, as YAML. */
  readonly route?: string;
  /** `inhibit`, as YAML; the shipped ones hold too. */
  readonly inhibit?: string;
  /** `silences`, as YAML. */
  readonly silences?: string;
  /** `timeIntervals`, as YAML. */
  readonly timeIntervals?: string;
  readonly sinks?: readonly (Partial<SinkPolicy> & { readonly name: string })[];
  /** Entries of `forward`, as YAML. */
  readonly forward?: string;
  /** Rows of the reason table, as YAML. */
  readonly reasons?: string;
  readonly trustSeverityFrom?: readonly string[];
  readonly inspected?: readonly InspectedKind[];
  readonly runbookOf?: Policy["runbookOf"];
  readonly pageUrl?: string;
  /** Alerts that are tracked one by one. */
  readonly mostAlerts?: number;
  /** Answers inquiries; without it the engine asks nothing. */
  readonly states?: ObjectStates;
}

/** A message that left the engine. `at` is in seconds from the start. */
export interface SentMessage {
  readonly at: number;
  readonly sink: string;
  readonly kind: string;
  readonly trigger: string;
  readonly title: string;
  readonly alerts: number;
  readonly occurrences: number;
  /** The first of its deliveries. */
  readonly delivery: NewDelivery;
  readonly deliveries: readonly NewDelivery[];
  /** As its sink gets it. */
  readonly notification: Notification;
}

interface Observed {
  readonly event: ClusterEvent;
  readonly sketch: EventSketch;
}

/** The engine in virtual time: events go in at a second, messages come out at a second. */
export class EngineBed {
  readonly messages: SentMessage[] = [];
  readonly changes: Changes[] = [];
  /** The inquiries of the engine; `at` is in seconds from the start. */
  readonly inquiries: (Inquiry & { readonly at: number })[] = [];
  /** Occurrences the engine said it counted, by rule. */
  readonly counted = new Map<string, number>();
  /** Occurrences it said it held back, by reason. */
  readonly heldBack = new Map<string, number>();
  /** `sink result` of each message about what fires: what was known of its objects. */
  readonly checks: string[] = [];
  /** `rule phase` of every transition. */
  readonly transitions: string[] = [];
  /** The seconds at which alerts were over, told or not. */
  readonly ends: number[] = [];
  policy: Policy;
  /** Receivers take everything at once; false leaves outcomes to the test. */
  delivers = true;
  /** Whether inquiries are answered at once; false leaves facts to the test. */
  answers = true;
  #driver: VirtualEngine;
  #version = 1000;
  #ids = 0;
  readonly #seen = new Map<string, SeenRow>();
  /** The newest state of every Event, as the API server has it. */
  readonly #events = new Map<string, Observed>();
  /** Clusters that have been live. */
  readonly #clusters = new Set<string>();
  #lastBatch: readonly Observed[] = [];
  /** Keyed by kind and key. */
  readonly #stored = new Map<string, Entity>();
  readonly #mostAlerts: number | undefined;
  readonly #states: ObjectStates | undefined;

  constructor(options: BedOptions) {
    this.#mostAlerts = options.mostAlerts;
    this.#states = options.states;
    this.policy = firstPolicyOf(options);
    this.#driver = this.#start(START);
    this.live();
  }

  /** Of the process that runs. */
  get engine(): Engine {
    return this.#driver.engine;
  }

  /** Seconds from the start. */
  get now(): number {
    return secondOf(this.#driver.now);
  }

  /** Lets virtual time pass, in seconds from the start; timers run when they are due. */
  until(second: number): this {
    this.#driver.until(START + second * SECOND);
    return this;
  }

  /** Lets time pass and then feeds events, all at once. */
  at(second: number, ...sketches: readonly EventSketch[]): this {
    this.until(second);
    this.#feed(sketches.map((sketch) => this.#observe(sketch)));
    return this;
  }

  /** One page of a list. */
  list(sketches: readonly EventSketch[], last = true): this {
    const page = sketches.map((sketch) => this.#observe({ via: "list", ...sketch }));
    this.#feed(page, last ? undefined : (sketches[0]?.cluster ?? CLUSTER));
    return this;
  }

  /** Feeds the last batch once more, as after a crash before the commit was acknowledged. */
  repeat(): this {
    this.#feed(this.#lastBatch);
    return this;
  }

  /** A list of everything that was ever fed, in the order of names. */
  relist(): this {
    const all = [...this.#events].toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.#feed(all.map(([, { event, sketch }]) => ({ event, sketch: { ...sketch, via: "list" } })));
    return this;
  }

  learn(...learned: readonly LearnedOwner[]): this {
    this.step({ kind: "occurrences", occurrences: [], learned });
    return this;
  }

  reload(options: BedOptions): this {
    this.policy = makePolicy(options);
    this.step({ kind: "policy", policy: this.policy });
    return this;
  }

  /** A new process that has only what was committed; the watch is live again at once unless told otherwise. */
  restart(live = true): this {
    this.#driver = this.#start(this.#driver.now);
    if (live) for (const cluster of this.#clusters) this.live("", cluster);
    return this;
  }

  /** The stream of a namespace, or of all, is live from now on. */
  live(namespace = "", cluster = CLUSTER): this {
    this.#clusters.add(cluster);
    this.step({ kind: "live", cluster, namespace });
    return this;
  }

  /** From now on nothing is known of that stream. */
  gap(namespace = "", cluster = CLUSTER): this {
    this.step({ kind: "gap", cluster, namespace });
    return this;
  }

  step(input: EngineInput): Changes {
    return this.#driver.step(input);
  }

  /** `at kind/trigger sink title`, for tables of expectations. */
  get timeline(): readonly string[] {
    return this.messages.map(
      ({ at, kind, trigger, sink, title }) => `${at} ${kind}/${trigger} ${sink} ${title}`,
    );
  }

  #start(now: number): VirtualEngine {
    const stored = [...this.#stored.values()].map(({ kind, version, state }) => ({
      kind,
      version,
      state: JSON.parse(JSON.stringify(state)) as unknown,
    }));
    return new VirtualEngine(
      {
        policy: this.policy,
        observer: {
          ...silentObserver,
          fault: (error) => raise(error),
          checked: (sink, result) => this.checks.push(`${sink} ${result}`),
          occurrences: (rule, count) => add(this.counted, rule, count),
          suppressed: (reason, count) => add(this.heldBack, reason, count),
          transition: (rule, to) => {
            this.transitions.push(`${rule} ${to}`);
            if (to === "resolved") this.ends.push(this.now);
          },
        },
        newId: () => `id-${++this.#ids}`,
        now,
        mostAlerts: this.#mostAlerts,
      },
      {
        stored,
        commit: (changes) => this.#commit(changes),
        deliver: (bundle, at) => this.#deliver(bundle, secondOf(at)),
        answer: this.#states && ((inquiry, at) => this.#answer(inquiry, at)),
      },
    );
  }

  #commit(changes: Changes): void {
    this.changes.push(changes);
    const { put, forget } = changes.entities;
    for (const entity of put) this.#stored.set(`${entity.kind}/${entity.key}`, entity);
    for (const { kind, key } of forget) this.#stored.delete(`${kind}/${key}`);
  }

  #answer(inquiry: Inquiry, at: number): Fact | undefined {
    this.inquiries.push({ ...inquiry, at: secondOf(at) });
    const { object } = inquiry;
    const found = this.answers ? this.#states?.at(secondOf(at), object) : undefined;
    if (found === undefined) return undefined;
    const logs = inquiry.purpose === "tell" ? this.#states?.logs.get(object) : undefined;
    if (logs === undefined) return { object, at, found };
    return { object, at, found, context: { changes: [], replicaSets: {}, logs } };
  }

  #deliver(deliveries: Bundle, at: number): "delivered" | undefined {
    const [delivery] = deliveries;
    const notification = messageOf(deliveries);
    this.messages.push({
      at,
      sink: delivery.sink,
      kind: notification.kind,
      trigger: notification.trigger,
      title: notification.title,
      alerts: notification.alerts.length + notification.alertsOmitted,
      occurrences: notification.occurrences,
      delivery,
      deliveries,
      notification,
    });
    return this.delivers ? "delivered" : undefined;
  }

  outcome(delivery: NewDelivery, outcome: DeliveryOutcome["outcome"]): void {
    this.#driver.settle(delivery, outcome);
  }

  #observe(sketch: EventSketch): Observed {
    const observed = { event: this.#event(sketch), sketch };
    this.#events.set(lineageOf(0, observed.event), observed);
    return observed;
  }

  #feed(batch: readonly Observed[], listing?: string): void {
    this.#lastBatch = batch;
    const occurrences = batch.flatMap((observed) => this.#occur(observed) ?? []);
    this.step({ kind: "occurrences", occurrences, learned: [], listing });
  }

  #occur({ event, sketch }: Observed): Occurrence | undefined {
    const lineage = lineageOf(0, event);
    const before = this.#seen.get(lineage);
    const news = difference(event, before, START - 3600 * SECOND);
    const isDate = sketch.via === "list" && this.policy.rules.couldCounter(event);
    if (news.isNews) this.#seen.set(lineage, { lineage, ...event, expiresAt: 0 });
    if (news.delta === 0 && !isDate) return undefined;
    return {
      event,
      delta: news.delta,
      since: news.since,
      estimated: news.estimated,
      epoch: 0,
      via: sketch.via ?? "watch",
      history: sketch.history ?? false,
      unseen: before === undefined,
      owners: sketch.owners ?? [],
      node: sketch.node ?? "",
      receivedAt: this.#driver.now,
    };
  }

  #event(sketch: EventSketch): ClusterEvent {
    const { cluster = CLUSTER } = sketch;
    const before = (name: string): ClusterEvent | undefined =>
      this.#events.get(`${cluster}/0/${name}`)?.event;
    const raw = toRawEvent(sketch, { now: this.#driver.now, version: ++this.#version, before });
    return normalise(raw, cluster);
  }
}

const FIRST_POLICIES = new WeakMap<BedOptions, Policy>();

/** The policy of a start; random stories start from the same options hundreds of times. */
function firstPolicyOf(options: BedOptions): Policy {
  const known = FIRST_POLICIES.get(options) ?? makePolicy(options);
  FIRST_POLICIES.set(options, known);
  return known;
}

/** Compiles a policy from texts, as the configuration does. @throws {Error} with every finding that is an error. */
export function makePolicy(options: BedOptions): Policy {
  const sinks = (options.sinks ?? [{ name: "ops" }]).map((sink): SinkPolicy => ({
    minSeverity: undefined,
    sendResolved: true,
    logs: true,
    merges: true,
    chooses: [],
    digest: undefined,
    maxAgeMs: undefined,
    ...sink,
  }));
  const sinkNames = new Set(sinks.map((sink) => sink.name));
  const document = parseYaml("rules.yaml", options.rules);
  const { rules, findings } = compileRules({
    units: [readRuleFile(document)],
    reasonRows: loadReasonTable(
      JSON.stringify(parseYaml("reasons.yaml", options.reasons ?? "reasons: []").value),
    ),
    eventTtlMs: 3_600_000,
    sinkNames,
  });
  const routeFile = parseYaml("route.yaml", options.route ?? `sinks: [${[...sinkNames][0]}]`);
  const intervalFile = parseYaml("intervals.yaml", options.timeIntervals ?? "{}");
  const timing = compileTimeIntervals(intervalFile.value, []);
  const labels = { names: new Set([...LABEL_NAMES, "team"]) };
  const { route, faults } = compileRoute(routeFile.value, {
    path: [],
    intervals: timing.intervals,
    sinkNames,
    labels,
  });
  const forwardFile = parseYaml("forward.yaml", options.forward ?? "[]");
  const forwarding = compileForwards(
    { document: forwardFile, path: [], value: forwardFile.value },
    { sinkNames },
  );
  const silenceFile = parseYaml("silences.yaml", options.silences ?? "[]");
  const silencing = compileSilences(silenceFile.value as readonly unknown[], labels, []);
  const inhibitFile = parseYaml("inhibit.yaml", options.inhibit ?? "[]");
  const inhibition = compileInhibition(inhibitFile.value as readonly unknown[], labels, []);
  const all = [
    ...inhibitFile.locate(inhibition.faults),
    ...intervalFile.locate(timing.faults),
    ...silenceFile.locate(silencing.faults),
    ...findings,
    ...routeFile.locate(faults),
    ...forwarding.findings,
  ];
  const errors = all.filter((finding) => finding.level === "error");
  if (errors.length > 0) throw new Error(errors.map(formatFinding).join("\n"));
  return {
    cluster: CLUSTER,
    rules,
    forwards: forwarding.forwards,
    route,
    inhibit: inhibition.rules,
    silences: silencing.silences,
    sinks: new Map(sinks.map((sink) => [sink.name, sink])),
    trustSeverityFrom: new Set(options.trustSeverityFrom),
    inspected: options.inspected ?? [],
    runbookOf: options.runbookOf,
    pageUrl: options.pageUrl,
  };
}

function secondOf(at: number): number {
  return (at - START) / SECOND;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function raise(error: unknown): never {
  throw error;
}
