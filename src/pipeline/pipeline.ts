import { type Changes, Engine, type EngineInput, NO_CHANGES, type Policy } from "../alert/index.ts";
import type { Batch, Position } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { Bell, Command, EngineStore, LoadedState } from "../store/index.ts";
import { ConditionFailures } from "./condition-failures.ts";
import { DeletedObjects } from "./deleted-objects.ts";
import { Inbox } from "./inbox.ts";
import { type LookUp, ingest } from "./ingest.ts";
import { OwnerIndex } from "./owner-index.ts";
import { createPipelineMetrics, type PipelineMetrics, toObserver } from "./pipeline-metrics.ts";
import { type RetryingStore, retryingStore } from "./retrying-store.ts";

/** Outcomes taken in at once. */
const MOST_OUTCOMES = 200;

/** Commands read at once. */
const MOST_COMMANDS = 20;

/** Housekeeping of the store. */
const TRIM_EVERY_MS = 60_000;

/** What the pipeline is made with. */
export interface PipelineOptions {
  /** As configured now; asked at the start and at each command to reload. */
  readonly policy: () => Policy;
  readonly state: LoadedState;
  readonly store: EngineStore;
  /** Which part of the store that is. */
  readonly partition: number;
  readonly bell: Bell;
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
  | { readonly kind: "policy" }
  | { readonly kind: "timers" }
  | { readonly kind: "outcomes" }
  | { readonly kind: "commands" }
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
  /** Inputs in the queue that one of suffices for. */
  readonly #pending = new Set<"outcomes" | "commands">();
  #cancelTimer: () => void = () => undefined;
  #timerAt: number | undefined;
  /** On the monotonic clock; undefined while the pipeline waits for input. */
  #busySince: number | undefined;

  constructor(options: PipelineOptions) {
    const { clock, state } = options;
    this.#options = options;
    this.#policy = options.policy();
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
      policy: this.#policy,
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
   * Rejects when the source fails, which it does not do by itself, and with ERR_FENCED when the partition is another
   * process's now; the engine is of no use then.
   */
  async run(): Promise<void> {
    const { bell, partition } = this.#options;
    const failed = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, failed.signal]);
    const listening = [
      bell.on(`outcomes/${partition}`, () => this.#putOnce("outcomes")),
      bell.on(`commands/${partition}`, () => this.#putOnce("commands")),
    ];
    const producing = [this.#read(signal), this.#repeatTrim(signal)];
    try {
      await this.#takeInputs(signal);
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      this.#cancelTimer();
      for (const endListening of listening) endListening();
      await Promise.all(producing);
    }
  }

  async #takeInputs(signal: AbortSignal): Promise<void> {
    this.#inbox.put({ kind: "policy" });
    this.#putOnce("outcomes");
    this.#putOnce("commands");
    for (;;) {
      const input = await this.#inbox.take(signal);
      if (input === undefined) return;
      this.#busySince = this.#options.clock.monotonic();
      try {
        await this.#process(input);
      } catch (error) {
        // The store gives up at the end, or when it is another's.
        if (signal.aborted) return;
        throw error;
      }
      this.#busySince = undefined;
      this.#setTimer();
    }
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

  async #read(signal: AbortSignal): Promise<void> {
    try {
      for await (const message of this.#options.source.messages(signal)) {
        await this.#takenIn(message, signal);
        if (signal.aborted) return;
      }
    } catch (error) {
      this.#inbox.put({ kind: "failure", error });
    }
  }

  /**
   * Resolves when the message is committed, which is the backpressure: the source is asked for the next one only then;
   * or when the signal aborts, since a store that does not work never takes it.
   */
  #takenIn(message: SourceMessage, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      signal.addEventListener("abort", done, { once: true });
      this.#inbox.put({ kind: "source", message, done });
    });
  }

  async #repeatTrim(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
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
      case "policy":
        await this.#step(this.#adoptPolicy(), NO_CHANGES);
        break;
      case "timers":
        this.#timerAt = undefined;
        await this.#step({ kind: "timers" }, NO_CHANGES);
        break;
      case "outcomes":
        await this.#adoptOutcomes();
        break;
      case "commands":
        await this.#adoptCommands();
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

  #putOnce(kind: "outcomes" | "commands"): void {
    if (this.#pending.has(kind)) return;
    this.#pending.add(kind);
    this.#inbox.put({ kind });
  }

  #adoptPolicy(): EngineInput {
    this.#policy = this.#options.policy();
    this.#completeSince = this.#options.clock.now();
    return { kind: "policy", policy: this.#policy };
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
    this.#pending.delete("outcomes");
    const outcomes = await this.#store.outcomes(MOST_OUTCOMES);
    if (outcomes.length === 0) return;
    await this.#step({ kind: "outcomes", outcomes }, NO_CHANGES);
    if (outcomes.length === MOST_OUTCOMES) this.#putOnce("outcomes");
  }

  /** What people want; each is done with the commit of its step. */
  async #adoptCommands(): Promise<void> {
    this.#pending.delete("commands");
    const commands = await this.#store.commands(MOST_COMMANDS);
    for (const command of commands)
      await this.#step(this.#inputOf(command), { ...NO_CHANGES, doneCommands: [command.id] });
    if (commands.length === MOST_COMMANDS) this.#putOnce("commands");
  }

  #inputOf(command: Command): EngineInput {
    switch (command.kind) {
      case "silence":
        return { kind: "silence", silence: command.silence };
      case "unsilence":
        return { kind: "unsilence", id: command.silenceId };
      case "reload":
        return this.#adoptPolicy();
    }
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
    const { seen, owners, positions, doneCommands } = base;
    const changes = { ...concluded, seen, owners, positions, doneCommands };
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
