import type { Engine, Inquiry } from "../alert/index.ts";
import type { Position } from "../event/index.ts";
import type { SourceMessage } from "../source/index.ts";
import { DurableEngine } from "./durable-engine.ts";
import { EngineTimer } from "./engine-timer.ts";
import { FactInputs } from "./fact-inputs.ts";
import { FaultLog } from "./fault-log.ts";
import { Housekeeping } from "./housekeeping.ts";
import { Inbox } from "./inbox.ts";
import { createPipelineMetrics, toObserver } from "./pipeline-metrics.ts";
import type { PipelineOptions, PipelineStatus } from "./pipeline-options.ts";
import { PolicyInUse } from "./policy-in-use.ts";
import { readSource } from "./read-source.ts";
import { RecentChanges } from "./recent-changes.ts";
import { type RetryingStore, retryingStore } from "./retrying-store.ts";
import { SourceInputs } from "./source-inputs.ts";
import { createStateFinder } from "./state-finder.ts";
import { StoredInputs } from "./stored-inputs.ts";
import { surroundingLookUp } from "./surroundings.ts";

type Input =
  | { readonly kind: "source"; readonly message: SourceMessage; readonly done: () => void }
  | { readonly kind: "policy" | "timers" | "facts" | "outcomes" | "commands" | "housekeeping" | "flush" }
  /** The source has failed, and gives no message any more. */
  | { readonly kind: "failure"; readonly error: unknown };

/**
 * source → ingest → engine → store, one input after the other. Each input is one step of the engine and one commit, and
 * the commit is the only acknowledgement that the source gets.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #inbox = new Inbox<Input>();
  readonly #policy: PolicyInUse;
  readonly #store: RetryingStore;
  readonly #engine: DurableEngine;
  readonly #sourceInputs: SourceInputs;
  readonly #storedInputs: StoredInputs;
  readonly #factInputs: FactInputs;
  readonly #housekeeping: Housekeeping;
  readonly #timer: EngineTimer;
  readonly #faults: FaultLog;
  /** On the monotonic clock; undefined while the pipeline waits for input. */
  #busySince: number | undefined;

  constructor(options: PipelineOptions) {
    const { newId, clock } = options;
    this.#options = options;
    this.#faults = new FaultLog(options);
    this.#policy = new PolicyInUse(options.policy, clock);
    const metrics = createPipelineMetrics(options.metrics);
    this.#store = retryingStore(options.store, { ...options, onFailure: () => metrics.storeFailures.inc() });
    const observer = toObserver(metrics, (error) => this.#faults.recordFault(error));
    const changes = new RecentChanges();
    const { stateLookUp } = options;
    const onInquiries = (inquiries: readonly Inquiry[]): void => this.#factInputs.ask(inquiries);
    this.#factInputs = new FactInputs(
      stateLookUp &&
        surroundingLookUp(stateLookUp, changes, { now: () => clock.now(), logs: options.logLookUp }),
      () => this.#inbox.putOnce({ kind: "facts" }),
    );
    this.#engine = new DurableEngine(
      {
        policy: this.#policy.current,
        observer,
        newId,
        now: clock.now(),
        asks: options.stateLookUp !== undefined,
      },
      {
        store: this.#store,
        onCommitted: (changes) => {
          this.#sourceInputs.recordStored(changes.positions);
          options.onCommitted(changes);
        },
        onRefused: (records) => {
          for (const [sink, count] of records) metrics.refusedRecords.inc({ sink }, count);
          options.onRefused(records);
        },
        onInquiries,
        onFlushDue: () => this.#inbox.putOnce({ kind: "flush" }),
        metrics,
        clock,
      },
    );
    const parts = { store: this.#store, engine: this.#engine, policy: this.#policy };
    this.#sourceInputs = new SourceInputs({
      ...options,
      ...parts,
      states: stateLookUp && createStateFinder(stateLookUp, clock),
      changes,
      onInquiries,
      metrics,
      faults: this.#faults,
    });
    this.#storedInputs = new StoredInputs(parts);
    this.#housekeeping = new Housekeeping({ ...options, engine: this.#engine });
    this.#timer = new EngineTimer(clock, () => this.#inbox.put({ kind: "timers" }));
  }

  /**
   * Goes on from the stored state. Once, before `run`.
   *
   * @throws {TocsinError} As `EngineStore.load` does, and `Engine.load`.
   */
  async load(): Promise<void> {
    const { store } = this.#options;
    const { engine } = this.#engine;
    await store.load((step) => engine.load(step));
    engine.loadActivity(await store.activity());
  }

  /**
   * Runs until the signal aborts; then it commits its present input, and the promise resolves. May be called once.
   * Rejects when the source fails, and with ERR_FENCED when another process holds the partition; then the engine must
   * not be used any more.
   */
  async run(): Promise<void> {
    const { bell, partition, source } = this.#options;
    const failed = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, failed.signal]);
    for (const kind of ["policy", "outcomes", "commands"] as const) this.#inbox.put({ kind });
    const listening = (["outcomes", "commands"] as const).map((kind) =>
      bell.on(`${kind}/${partition}`, () => this.#inbox.putOnce({ kind })),
    );
    const receive = (message: SourceMessage, done: () => void): void =>
      this.#inbox.put({ kind: "source", message, done });
    const producing = [
      readSource(source, receive, signal).catch((error) => this.#inbox.put({ kind: "failure", error })),
      this.#housekeeping.repeat(() => this.#inbox.putOnce({ kind: "housekeeping" }), signal),
    ];
    try {
      await this.#processAll(signal);
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      this.#timer.clear();
      this.#engine.close();
      this.#factInputs.close();
      for (const endListening of listening) endListening();
      await Promise.all(producing);
    }
  }

  /** The state of the pipeline now. */
  status(): PipelineStatus {
    const busyMs = this.#busySince === undefined ? 0 : this.#options.clock.monotonic() - this.#busySince;
    return { storeError: this.#store.trouble(), busyMs, malformed: this.#faults.malformed };
  }

  /** The stored positions, also after the end. */
  get positions(): readonly Position[] {
    return this.#sourceInputs.positions;
  }

  /** The engine, for questions only. */
  get engine(): Pick<
    Engine,
    | "alerts"
    | "groups"
    | "silences"
    | "conditionOf"
    | "conditions"
    | "messagesToCome"
    | "seenState"
    | "asTold"
    | "titleOf"
  > {
    return this.#engine.engine;
  }

  async #processAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      const input = await this.#inbox.take(signal);
      this.#busySince = this.#options.clock.monotonic();
      try {
        if (input === undefined) return await this.#engine.flush();
        await this.#process(input);
      } catch (error) {
        // The store stops to retry when the signal aborts, or when another process holds the partition.
        if (signal.aborted) return;
        throw error;
      }
      this.#busySince = undefined;
      this.#timer.set(this.#engine.engine.nextDueAt());
    }
  }

  async #process(input: Input): Promise<void> {
    switch (input.kind) {
      case "source":
        await this.#sourceInputs.receive(input.message);
        return input.done();
      case "policy":
        return this.#engine.step(this.#policy.adopt());
      case "timers":
        this.#timer.clear();
        return this.#engine.step({ kind: "timers" });
      case "facts":
        return this.#factInputs.adopt(this.#engine);
      case "outcomes":
        if (await this.#storedInputs.adoptOutcomes()) this.#inbox.putOnce(input);
        return;
      case "commands":
        if (await this.#storedInputs.adoptCommands()) this.#inbox.putOnce(input);
        return;
      case "housekeeping":
        // The wall clock may have jumped since the timer was set.
        this.#timer.clear();
        return this.#housekeeping.run();
      case "flush":
        return this.#engine.flush();
      case "failure":
        throw input.error;
    }
  }
}
