import type { AlertState, Fact, Inquiry, Notification, OwnerRow, Policy } from "../alert/index.ts";
import { type Batch, ObjectKey, observe, type RawEvent, type SeenRow } from "../event/index.ts";
import {
  type LookUp,
  OwnerIndex,
  RecentChanges,
  RecentObservations,
  ingest,
  replicaSetsToAsk,
  withSurroundings,
} from "../pipeline/index.ts";
import { messageOf } from "./bundles.ts";
import { VirtualEngine } from "./virtual-engine.ts";
import type { VirtualObjects } from "./virtual-objects.ts";

/** Interval of virtual time between sweeps of ended state. */
const SWEEP_EVERY_MS = 3_600_000;

/** Parts of a simulation. */
export interface SimulationOptions {
  readonly policy: Policy;
  /** Epoch milliseconds: virtual time begins here. */
  readonly startAt: number;
  /** False: every object is its own workload, unless the story names its owner. */
  readonly learnsOwners: boolean;
  /** Milliseconds; 1 h by default. */
  readonly eventTtlMs?: number;
  /** The states that look-ups find, which may still come while time passes; undefined: nothing is looked up. */
  readonly objects?: VirtualObjects | undefined;
  /** Finds labels of objects and namespaces; undefined: they have none. */
  readonly labels?: LookUp | undefined;
  /** The rules that `matched` is about; all by default. */
  readonly counted?: ReadonlySet<string> | undefined;
}

/** A message that a sink would have got. */
export interface SimulatedMessage {
  /** Epoch milliseconds of virtual time. */
  readonly at: number;
  readonly notification: Notification;
}

/** Counts of a rule. */
export interface RuleCount {
  /** Event states that it matched. */
  events: number;
  /** Alerts that fired; one that fires again after its end counts again. */
  alerts: number;
  /** Messages with one of its alerts. */
  notifications: number;
}

/**
 * The way from source to outbox in virtual time: the ingest and the engine of `run`, a store in memory, and receivers
 * that accept everything at once.
 */
export class Simulation {
  readonly messages: SimulatedMessage[] = [];
  /** Keyed by rule. */
  readonly perRule = new Map<string, RuleCount>();
  /** Occurrences that led to no message, by reason. */
  readonly suppressed = new Map<string, number>();
  /** Internal problems, each once: a text of a rule that failed, an unreadable Event. */
  readonly faults = new Set<string>();
  /** Event states so far, and those that a rule matched, of those that count. */
  events = 0;
  matched = 0;
  readonly #options: SimulationOptions;
  readonly #driver: VirtualEngine;
  readonly #seen = new Map<string, SeenRow>();
  readonly #ownerRows = new Map<string, OwnerRow>();
  readonly #recent = new RecentObservations();
  readonly #changes = new RecentChanges();
  readonly #owners = new OwnerIndex({ owners: () => Promise.resolve(this.#ownerRows) });
  #sweepAt: number;
  #ids = 0;
  #isMatch = false;

  constructor(options: SimulationOptions) {
    const { policy, startAt, objects } = options;
    this.#options = options;
    this.#sweepAt = startAt + SWEEP_EVERY_MS;
    this.#driver = new VirtualEngine(
      {
        policy,
        observer: {
          checked: () => undefined,
          notification: () => undefined,
          occurrences: (rule) => this.#recordMatch(rule),
          transition: (rule, to) => this.#recordTransition(rule, to),
          suppressed: (reason, count) =>
            this.suppressed.set(reason, (this.suppressed.get(reason) ?? 0) + count),
          ruleError: (rule, stage) => this.faults.add(`rule ${rule}: its ${stage} failed`),
          conditionFailed: () => undefined,
          fault: (error) => this.faults.add(String(error)),
        },
        newId: () => `simulated-${++this.#ids}`,
        now: startAt,
      },
      {
        deliver: (bundle, at) => this.#accept(messageOf(bundle), at),
        answer: objects && ((inquiry, at) => this.#answer(objects, inquiry, at)),
      },
    );
    this.#driver.step({ kind: "live", cluster: policy.cluster, namespace: "" });
  }

  /** Epoch milliseconds of virtual time. */
  get now(): number {
    return this.#driver.now;
  }

  /** Sets the owner of an object as a look-up would. @param owner `Kind/name`. */
  own(owned: Omit<ObjectKey, "cluster">, owner: string): void {
    const object = ObjectKey.format({ ...owned, cluster: this.#options.policy.cluster });
    const row: OwnerRow = { object, owner, node: "", expiresAt: Infinity };
    if (this.#owners.learn(row)) this.#ownerRows.set(object, row);
  }

  /** Creates or updates an Event. @param at Epoch milliseconds; never earlier than the call before. */
  async observe(raw: RawEvent, at: number): Promise<void> {
    this.until(at);
    this.events += 1;
    this.#isMatch = false;
    const { occurrences, seen, owners, learned } = await ingest(this.#batchOf(raw), {
      policy: this.#options.policy,
      engine: this.#driver.engine,
      store: { seen: (lineages) => Promise.resolve(this.#known(lineages)) },
      owners: this.#owners,
      recent: this.#recent,
      changes: this.#changes,
      learnsOwners: this.#options.learnsOwners,
      lookUp: this.#options.labels,
      silenceAnnotations: false,
      eventTtlMs: this.#options.eventTtlMs ?? 3_600_000,
      states: this.#options.objects && {
        find: (objects) => Promise.resolve(this.#statesOf(objects.map(({ object }) => object))),
      },
      metrics: { events: UNCOUNTED, missed: UNCOUNTED, stateUnknown: UNCOUNTED },
      readUpTo: undefined,
      completeSince: this.#options.startAt,
      onMalformed: (error) => this.faults.add(String(error)),
    });
    for (const row of seen) this.#seen.set(row.lineage, row);
    for (const row of owners) this.#ownerRows.set(row.object, row);
    if (occurrences.length > 0 || learned.length > 0)
      this.#driver.step({ kind: "occurrences", occurrences, learned });
    if (this.#isMatch) this.matched += 1;
  }

  /** Lets virtual time pass. @param end Epoch milliseconds. */
  until(end: number): void {
    this.#driver.until(end);
    if (this.now >= this.#sweepAt) this.#sweep();
  }

  /** Alerts that fire at this moment, without points. */
  firing(): readonly AlertState[] {
    return [...this.#driver.engine.alerts()].filter(
      ({ phase, lifecycle }) => phase === "firing" && lifecycle !== "point",
    );
  }

  #statesOf(objects: readonly string[]): ReadonlyMap<string, Fact["found"]> {
    const { objects: states } = this.#options;
    return new Map(objects.map((object) => [object, states?.find(object, this.now) ?? "unknown"]));
  }

  #known(lineages: readonly string[]): ReadonlyMap<string, SeenRow> {
    const rows = new Map<string, SeenRow>();
    for (const lineage of lineages) {
      const row = this.#seen.get(lineage);
      if (row !== undefined) rows.set(lineage, row);
    }
    return rows;
  }

  #batchOf(raw: RawEvent): Batch {
    return {
      cluster: this.#options.policy.cluster,
      observations: [observe(raw, this.#options.policy.cluster)],
      via: "watch",
      position: undefined,
      scope: "core/",
      epoch: 0,
      // Occurrences that an Event counted before the recording still happened.
      coverageStartAt: 0,
      historyBefore: undefined,
      listEnds: false,
      receivedAt: this.now,
    };
  }

  #answer(objects: VirtualObjects, inquiry: Inquiry, at: number): Fact {
    const find = ({ object }: Pick<Inquiry, "object">): Fact => ({
      object,
      at,
      found: objects.find(object, at),
    });
    const changes = this.#changes;
    const replicaSets = replicaSetsToAsk(inquiry, changes, at).map(find);
    return withSurroundings(find(inquiry), replicaSets, { changes, now: at });
  }

  #accept(notification: Notification, at: number): "delivered" {
    this.messages.push({ at, notification });
    for (const rule of new Set(notification.alerts.map((alert) => alert.rule)))
      this.#countOf(rule).notifications += 1;
    return "delivered";
  }

  #recordMatch(rule: string): void {
    this.#isMatch ||= this.#options.counted?.has(rule) ?? true;
    this.#countOf(rule).events += 1;
  }

  #recordTransition(rule: string, to: AlertState["phase"] | "forgotten"): void {
    if (to === "firing") this.#countOf(rule).alerts += 1;
  }

  #countOf(rule: string): RuleCount {
    const known = this.perRule.get(rule);
    if (known !== undefined) return known;
    const count: RuleCount = { events: 0, alerts: 0, notifications: 0 };
    this.perRule.set(rule, count);
    return count;
  }

  #sweep(): void {
    this.#sweepAt = this.now + SWEEP_EVERY_MS;
    for (const { lineage, expiresAt } of this.#seen.values())
      if (expiresAt <= this.now) this.#seen.delete(lineage);
    for (const { object, expiresAt } of this.#ownerRows.values())
      if (expiresAt <= this.now) this.#ownerRows.delete(object);
  }
}

const UNCOUNTED = { inc: (): void => undefined };
