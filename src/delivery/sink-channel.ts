import type { Notification } from "../alert/index.ts";
import type { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfiguredSink, Sink } from "../sink/index.ts";
import { attempt } from "./attempt.ts";
import { CircuitBreaker, type CircuitState } from "./circuit-breaker.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { SinkDestination } from "./sink-destination.ts";
import { SinkDestinations } from "./sink-destinations.ts";
import { type ChannelStatus, statusOf } from "./sink-status.ts";

/** Rows of still unknown destinations that one lease may take; some of them may turn out to be of a closed one. */
const NEW_AT_ONCE = 4;

type CommonOptions = ConfiguredSink["common"];

/** The value of one attempt, or its error. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: DeliveryError };

/** The collaborators of a channel. */
export interface SinkChannelDeps {
  readonly configured: ConfiguredSink;
  readonly sink: Sink;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Removes secrets from texts of errors, before they are stored or shown. */
  readonly scrub: (text: string) => string;
}

/** One attempt, and where it goes. */
export interface ChannelAttempt<Value> {
  readonly destination: SinkDestination;
  readonly run: (signal: AbortSignal) => Promise<Value>;
  /** Whether each attempt has a content of its own, apart from retries of the same row. */
  readonly isOneContent: boolean;
}

/**
 * The way to one sink. Every attempt passes through it, so that deadline, concurrency and state hold for all rows of
 * the sink. A sink with several destinations has one circuit breaker for failures that concern all of them; each
 * destination has its own pace and its own circuit breaker.
 */
export class SinkChannel {
  readonly name: string;
  readonly sink: Sink;
  readonly random: () => number;
  /** The destination of all records. */
  readonly destinationOfRecords: SinkDestination;
  readonly #deps: SinkChannelDeps;
  readonly #breaker: CircuitBreaker;
  /** The destination of all notifications; undefined when the type of the sink has several. */
  readonly #only: SinkDestination | undefined;
  readonly #destinations: SinkDestinations;
  /** Keyed by name: the kinds of requests with a pace of their own. */
  readonly #lanes: ReadonlyMap<string, SinkDestination>;
  readonly #abort = new AbortController();
  #common: CommonOptions;
  #loggedState: CircuitState = "ok";
  #error = "";

  constructor(deps: SinkChannelDeps) {
    const { configured, sink, random } = deps;
    this.name = configured.name;
    this.sink = sink;
    this.random = random;
    this.#deps = deps;
    this.#common = configured.common;
    this.#breaker = new CircuitBreaker(random);
    const forDestinations = { ...deps, common: configured.common };
    this.#destinations = new SinkDestinations(forDestinations);
    this.destinationOfRecords = new SinkDestination("", forDestinations);
    this.#only = configured.common.isSingle ? this.destinationOfRecords : undefined;
    this.#lanes = new Map(
      Object.entries(configured.common.lanes).map(([name, rateLimit]) => [
        name,
        new SinkDestination(name, { ...deps, common: { ...configured.common, rateLimit } }),
      ]),
    );
  }

  get common(): CommonOptions {
    return this.#common;
  }

  /** Uses other texts from now on, without a restart of the sink. */
  useTexts({ title, text }: Pick<CommonOptions, "title" | "text">): void {
    this.#common = { ...this.#common, title, text };
  }

  /**
   * The destination of a notification, or of the rest of one: a rest may have a lane, which counts as a destination of
   * its own.
   */
  destinationOf(notification: Notification, remaining: unknown): SinkDestination {
    const { configured, scrub } = this.#deps;
    const lane = remaining === undefined ? undefined : configured.type.laneOf?.(remaining);
    const ofLane = lane === undefined ? undefined : this.#lanes.get(lane);
    if (ofLane !== undefined) return ofLane;
    if (this.#only !== undefined) return this.#only;
    const name = configured.type.destinationOf?.(notification, configured.options) ?? "";
    return this.#destinations.of(scrub(name));
  }

  status(): ChannelStatus {
    const own = { state: this.#state, error: this.#error, waitMs: this.#breaker.waitMs(this.#now) };
    return statusOf(own, [...this.#destinations], this.#now);
  }

  /** Whether the circuit breaker of the sink holds all attempts back. */
  get isClosed(): boolean {
    return this.#breaker.waitMs(this.#now) > 0;
  }

  /** Number of notifications to lease now beside `running` ones; their destinations may have less room. */
  room(running: number): number {
    const free = this.#free(running);
    if (this.#only !== undefined) return Math.min(free, this.#only.room(running));
    const open = this.#all().reduce((sum, one) => sum + one.room(one.running), NEW_AT_ONCE);
    return Math.min(free, open);
  }

  /** Number of writes of records that may start now beside `running` ones. */
  roomForRecords(running: number): number {
    return Math.min(this.#free(running), this.destinationOfRecords.room(running));
  }

  #free(running: number): number {
    return this.isClosed ? 0 : Math.max(0, this.#breaker.limit(this.#common.totalConcurrency) - running);
  }

  /** Names of the destinations to which no attempt may start now. */
  closed(): readonly string[] {
    return this.#all()
      .filter((one) => one.room(one.running) === 0)
      .map(({ name }) => name);
  }

  /** Milliseconds until the sink lets an attempt start; 0 when it lets one start now. */
  waitMs(): number {
    return Math.max(this.#breaker.waitMs(this.#now), this.#only?.waitMs() ?? 0);
  }

  /** Milliseconds until the first closed destination opens by time alone; Infinity when none does. */
  opensInMs(): number {
    const waits = this.#all()
      .map((one) => one.waitMs())
      .filter((ms) => ms > 0);
    return Math.min(Infinity, ...waits);
  }

  #all(): readonly SinkDestination[] {
    return [...this.#destinations, ...this.#lanes.values()];
  }

  /** Makes one attempt; never throws. */
  async attempt<Value>({ destination, run, isOneContent }: ChannelAttempt<Value>): Promise<Result<Value>> {
    const { clock, metrics } = this.#deps;
    destination.take();
    if (this.#destinations.isShared(destination)) metrics.shared.inc({ sink: this.name });
    const bounds = { clock, timeoutMs: this.#common.attemptMs, signal: this.#abort.signal };
    try {
      const value = await attempt(bounds, run);
      this.#succeed(destination);
      return { ok: true, value };
    } catch (thrown) {
      // `attempt` throws only DeliveryErrors.
      return { ok: false, error: this.fail(destination, thrown as DeliveryError, isOneContent) };
    }
  }

  /** Records a failure of an attempt, or of one record in it. @returns The error as it counts for the row. */
  fail(destination: SinkDestination, error: DeliveryError, isOneContent = false): DeliveryError {
    const isLocal = this.#only === undefined && error.scope === "destination";
    const { breaker } = isLocal ? destination : { breaker: this.#breaker };
    const isItsContent = error.failure === "cancelled" || breaker.failed(error, this.#now, isOneContent);
    // A receiver that refuses one destination was reached, and has accepted the credentials of the sink.
    if (isLocal) this.#breaker.answered();
    const text = this.errorText(error);
    if (isLocal) destination.error = text;
    else this.#error = text;
    this.#deps.metrics.attempts.inc({ sink: this.name, outcome: error.failure });
    this.#log(destination);
    if (error.class !== "poison" || isItsContent) return error;
    // The receiver refuses every content. This row waits for another attempt, and other rows go first.
    return error.with({ class: "transient" });
  }

  /** Lets no attempt start before this time, epoch milliseconds. */
  pauseUntil(at: number): void {
    this.#breaker.pauseUntil(at);
  }

  /** Records the time from the last occurrence in a message until its receiver accepted it, milliseconds. */
  recordDelay(ms: number): void {
    this.#deps.metrics.delay.observe({ sink: this.name }, Math.max(0, ms) / 1000);
  }

  /** Aborts running attempts. */
  abort(): void {
    this.#abort.abort();
  }

  /** The text of an error without secrets. */
  errorText(error: unknown): string {
    return this.#deps.scrub(errorText(error));
  }

  get #now(): number {
    return this.#deps.clock.now();
  }

  get #state(): CircuitState {
    return this.#breaker.state(this.#now);
  }

  #succeed(destination: SinkDestination): void {
    this.#breaker.succeeded();
    destination.breaker.succeeded();
    this.#error = "";
    destination.error = "";
    this.#deps.metrics.attempts.inc({ sink: this.name, outcome: "delivered" });
    this.#log(destination);
  }

  /** Logs a new state of the sink, or of one of its destinations. */
  #log(destination: SinkDestination): void {
    const sink = this.name;
    const own = { before: this.#loggedState, state: this.#state, error: this.#error };
    this.#loggedState = this.#say("sink", own, { sink });
    if (this.#only !== undefined) return;
    const { name, error, loggedState, state } = destination;
    const at = { sink, destination: name };
    destination.loggedState = this.#say("destination", { before: loggedState, state, error }, at);
  }

  /** Logs a state, if it is new. @returns The state that was logged last. */
  #say(
    what: "sink" | "destination",
    {
      before,
      state,
      error,
    }: { readonly before: CircuitState; readonly state: CircuitState; readonly error: string },
    at: Readonly<Record<string, string>>,
  ): CircuitState {
    if (state === before || state === "paused") return before;
    const { log } = this.#deps;
    const fields = { ...at, error };
    if (state === "broken") log.error(`${what} is broken; its deliveries wait until it is mended`, fields);
    else if (state === "failing") log.warn(`${what} fails; its deliveries wait`, fields);
    else log.info(`${what} works again`, at);
    return state;
  }
}
