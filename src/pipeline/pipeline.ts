import { type Changes, Engine, type EngineInput, NO_CHANGES, type Policy } from "../alert/index.ts";
import type { Batch, Position } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { LoadedState, Store } from "../store/index.ts";
import { ConditionFailures } from "./condition-failures.ts";
import { DeletedObjects } from "./deleted-objects.ts";
import { Inbox } from "./inbox.ts";
import { type LookUp, ingest } from "./ingest.ts";
import { OwnerIndex } from "./owner-index.ts";
import { createPipelineMetrics, type PipelineMetrics, toObserver } from "./pipeline-metrics.ts";
import { type RetryingStore, retryingStore } from "./retrying-store.ts";

/** Outcomes taken in at once. */
const MOST_OUTCOMES = 200;

/** Housekeeping of the store. */
const TRIM_EVERY_MS = 60_000;

/** What the pipeline is made with. */
export interface PipelineOptions {
  readonly policy: Policy;
  readonly state: LoadedState;
  readonly store: Store;
  readonly source: EventSource;
  /** Milliseconds. */
  readonly eventTtlMs: number;
  readonly learnsOwners: boolean;
  /** Undefined: owners are learnt from Events alone. */
  readonly lookUp?: LookUp | undefined;
  /** Whether objects and namespaces may say that nobody is to be told of them. */
  readonly silenceAnnotations?: boolean;
  /** Hears of each commit, before the next one. */
  readonly onCommitted: (changes: Changes) => void;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Ends `run`. */
  readonly signal: AbortSignal;
}

/** How the pipeline does. */
export interface PipelineStatus {
  /** The last error of the store; "" while it works. */
  readonly storeError: string;
  /** For how long the input in hand has taken, milliseconds. */
  readonly busyMs: number;
  /** The last Event that could not be read, if there was one. */
  readonly malformed: { readonly at: number; readonly error: string } | undefined;
}

type Input =
  | { readonly kind: "source"; readonly message: SourceMessage; readonly done: () => void }
  | { readonly kind: "engine"; readonly input: EngineInput; readonly done: () => void }
  | { readonly kind: "timers" }
  | { readonly kind: "outcomes" }
  | { readonly kind: "trim" }
  /** The source has failed for good. */
  | { readonly kind: "failure"; readonly error: unknown };

/**
 * source → match → engine → store, one input after the other: each is one step of the engine and one commit, and the
 * commit is the only acknowledgement the source gets.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #inbox = new Inbox<Input>();
  readonly #engine: Engine;
  readonly #store: RetryingStore;
  readonly #owners: OwnerIndex;
  readonly #deleted: DeletedObjects | undefined;
  readonly #conditionFailures = new ConditionFailures();
  readonly #metrics: PipelineMetrics;
  /** Scopes that have been live at least once: their lists are in. */
  readonly #liveScopes = new Set<string>();
  /** Those that are live now: lists of theirs only make sure. */
  readonly #following = new Set<string>();
  readonly #faultsSaid = new Set<string>();
  #malformed: PipelineStatus["malformed"];
  readonly #positions: Map<string, Position>;
  /** Since when everything these rules want has been looked at. */
  #completeSince: number;
  #policy: Policy;
  #outcomesPending = false;
  #cancelTimer: () => void = () => undefined;
  #timerAt: number | undefined;
  /** On the monotonic clock; undefined while the pipeline waits for input. */
  #busySince: number | undefined;

  constructor(options: PipelineOptions) {
    const { clock, policy, state } = options;
    this.#options = options;
    this.#policy = policy;
    this.#completeSince = clock.now();
    this.#positions = new Map(state.positions.map((position) => [position.scope, position]));
    this.#metrics = createPipelineMetrics(options.metrics);
    this.#store = retryingStore(options.store, {
      ...options,
      onFailure: () => this.#metrics.storeFailures.inc(),
    });
    this.#owners = new OwnerIndex(this.#store);
    this.#deleted = options.lookUp === undefined ? undefined : new DeletedObjects(options.lookUp);
    this.#engine = new Engine({
      policy,
      stored: state.entities,
      observer: toObserver(this.#metrics, (error) =>
        this.#sayOnce("an occurrence was not taken in as it should be", error),
      ),
      newId: options.newId,
      now: clock.now(),
    });
  }

  /**
   * Runs until the signal aborts; then the input in hand is committed and the promise resolves. May be called once.
   * Rejects when the source fails, which it does not do by itself.
   */
  async run(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#inbox.put({
      kind: "engine",
      input: { kind: "policy", policy: this.#policy },
      done: () => undefined,
    });
    this.onOutcomes();
    const reading = this.#read().catch((error: unknown) => this.#inbox.put({ kind: "failure", error }));
    const trimming = this.#repeatTrim();
    for (;;) {
      const input = await this.#inbox.take(signal);
      if (input === undefined) break;
      this.#busySince = clock.monotonic();
      try {
        await this.#process(input);
      } catch (error) {
        // A patient store gives up only at the end.
        if (signal.aborted) break;
        throw error;
      }
      this.#busySince = undefined;
      this.#setTimer();
    }
    this.#cancelTimer();
    await Promise.all([reading, trimming]);
  }

  /** Deliveries have ended; their outcomes are taken in from the store. */
  onOutcomes(): void {
    if (this.#outcomesPending) return;
    this.#outcomesPending = true;
    this.#inbox.put({ kind: "outcomes" });
  }

  /** Replaces the policy between two inputs; resolves once that is committed. */
  reload(policy: Policy): Promise<void> {
    return this.submit({ kind: "policy", policy });
  }

  /** Hands something that people want to the engine, between two inputs; resolves once what follows is committed. */
  submit(input: EngineInput): Promise<void> {
    return new Promise((done) => {
      this.#inbox.put({ kind: "engine", input, done });
    });
  }

  /** For health. */
  status(): PipelineStatus {
    const { clock } = this.#options;
    const busyMs = this.#busySince === undefined ? 0 : clock.monotonic() - this.#busySince;
    return { storeError: this.#store.trouble(), busyMs, malformed: this.#malformed };
  }

  /** What is durable, also after the end. */
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  /** The engine, for people who ask: read only. */
  get engine(): Pick<Engine, "alerts" | "groups" | "silences" | "conditionOf"> {
    return this.#engine;
  }

  /** Asks the source for the next message only when the last one is committed: that is the backpressure. */
  async #read(): Promise<void> {
    const { source, signal } = this.#options;
    for await (const message of source.messages(signal)) {
      await new Promise<void>((done) => {
        if (signal.aborted) done();
        else this.#inbox.put({ kind: "source", message, done });
      });
      if (signal.aborted) return;
    }
  }

  async #repeatTrim(): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(TRIM_EVERY_MS, signal).catch(() => undefined);
      if (!signal.aborted) this.#inbox.put({ kind: "trim" });
    }
  }

  async #process(input: Input): Promise<void> {
    switch (input.kind) {
      case "source":
        await this.#receive(input.message);
        input.done();
        break;
      case "engine":
        if (input.input.kind === "policy") this.#adoptPolicy(input.input.policy);
        await this.#step(input.input, NO_CHANGES);
        input.done();
        break;
      case "timers":
        this.#timerAt = undefined;
        await this.#step({ kind: "timers" }, NO_CHANGES);
        break;
      case "outcomes":
        await this.#adoptOutcomes();
        break;
      case "trim":
        await this.#trim();
        await this.#recordDeleted();
        this.#conditionFailures.collect(this.#policy.rules.rules, (rule, failures) =>
          this.#metrics.ruleErrors.inc({ rule, stage: "when" }, failures),
        );
        // The clock may have jumped: what is due is asked for anew.
        this.#timerAt = undefined;
        break;
      case "failure":
        throw input.error;
    }
  }

  #adoptPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#completeSince = this.#options.clock.now();
  }

  async #receive(message: SourceMessage): Promise<void> {
    switch (message.kind) {
      case "batch":
        return this.#receiveBatch(message.batch);
      case "live":
        return this.#step({ kind: "live", ...this.#streamOf(message.scope) }, NO_CHANGES);
      case "gap":
        this.#following.delete(message.scope);
        return this.#step({ kind: "gap", namespace: namespaceOf(message.scope) }, NO_CHANGES);
    }
  }

  /** A stream that has become live, and whether lists of others are still to come. */
  #streamOf(scope: string): { readonly namespace: string; readonly listsToCome: boolean } {
    this.#liveScopes.add(scope);
    this.#following.add(scope);
    const others = this.#options.source.status().some((other) => !this.#liveScopes.has(other.scope));
    return { namespace: namespaceOf(scope), listsToCome: others };
  }

  async #receiveBatch(batch: Batch): Promise<void> {
    const { eventTtlMs, learnsOwners, lookUp, silenceAnnotations = false, source } = this.#options;
    const { occurrences, seen, owners, learned, annotated } = await ingest(batch, {
      policy: this.#policy,
      engine: this.#engine,
      store: this.#store,
      owners: this.#owners,
      learnsOwners,
      lookUp,
      silenceAnnotations,
      eventTtlMs,
      metrics: this.#metrics,
      readUpTo: this.#readUpTo(batch),
      completeSince: this.#completeSince,
      onMalformed: (error) => this.#recordMalformed(error),
    });
    const positions = batch.position === undefined ? [] : [batch.position];
    const listing = batch.via === "list" && !batch.listEnds && !this.#following.has(batch.scope);
    await this.#step(
      { kind: "occurrences", occurrences, learned, annotated, listing },
      { ...NO_CHANGES, seen, owners, positions },
    );
    if (batch.position === undefined) return;
    this.#positions.set(batch.scope, batch.position);
    source.ack(batch.position);
  }

  /** Versions of another epoch say nothing. */
  #readUpTo(batch: Batch): string | undefined {
    const position = this.#positions.get(batch.scope);
    return position?.epoch === batch.epoch ? position.resourceVersion : undefined;
  }

  async #adoptOutcomes(): Promise<void> {
    this.#outcomesPending = false;
    const outcomes = await this.#store.outcomes(MOST_OUTCOMES);
    if (outcomes.length === 0) return;
    await this.#step({ kind: "outcomes", outcomes }, NO_CHANGES);
    if (outcomes.length === MOST_OUTCOMES) this.onOutcomes();
  }

  async #trim(): Promise<void> {
    try {
      await this.#options.store.trim(this.#options.clock.now());
    } catch (error) {
      this.#options.log.warn("housekeeping of the store failed", { error: errorText(error) });
    }
  }

  /** What was deleted has no problem any more. */
  async #recordDeleted(): Promise<void> {
    const objects = await this.#deleted?.find(this.#engine.alerts(), this.#options.clock.monotonic());
    if (objects !== undefined && objects.length > 0) await this.#step({ kind: "gone", objects }, NO_CHANGES);
  }

  /** One step of the engine and one commit of what it and `base` say. */
  async #step(input: EngineInput, base: Changes): Promise<void> {
    const concluded = this.#engine.step(input, this.#options.clock.now());
    const { seen, owners, positions } = base;
    const changes = { ...concluded, seen, owners, positions };
    if (isEmpty(changes)) return;
    await this.#commit(changes);
    this.#options.onCommitted(changes);
  }

  async #commit(changes: Changes): Promise<void> {
    const { clock } = this.#options;
    const startedAt = clock.monotonic();
    await this.#store.commit(changes);
    this.#metrics.commitSeconds.observe((clock.monotonic() - startedAt) / 1000);
  }

  #setTimer(): void {
    const { clock } = this.#options;
    const at = this.#engine.nextDueAt();
    if (at === this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    if (at === undefined) return;
    this.#cancelTimer = clock.after(Math.max(0, at - clock.now()), () => this.#inbox.put({ kind: "timers" }));
  }

  #recordMalformed(error: unknown): void {
    this.#malformed = { at: this.#options.clock.now(), error: errorText(error) };
    this.#sayOnce("an event is malformed and was left out", error);
  }

  #sayOnce(message: string, error: unknown): void {
    const text = errorText(error);
    if (this.#faultsSaid.has(text) || this.#faultsSaid.size >= 100) return;
    this.#faultsSaid.add(text);
    this.#options.log.warn(message, { error: text });
  }
}

function isEmpty({ entities, ...rows }: Changes): boolean {
  const lists: readonly (readonly unknown[])[] = [entities.put, entities.forget, ...Object.values(rows)];
  return lists.every((list) => list.length === 0);
}

/** `core/shop` → `shop`, `core/` → "": all of them. */
function namespaceOf(scope: string): string {
  return scope.slice(scope.indexOf("/") + 1);
}
