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

/** Rows of unknown destinations that are leased at once: each may turn out to be of one that is closed. */
const NEW_AT_ONCE = 4;

type CommonOptions = ConfiguredSink["common"];

/** What came of one attempt. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: DeliveryError };

/** What a channel works with. */
export interface SinkChannelDeps {
  readonly configured: ConfiguredSink;
  readonly sink: Sink;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Removes secrets from what is stored and shown of errors. */
  readonly scrub: (text: string) => string;
}

/** An attempt, as the channel sees it. */
export interface ChannelAttempt<Value> {
  readonly destination: SinkDestination;
  readonly run: (signal: AbortSignal) => Promise<Value>;
  /** Whether no other attempt is about the same content, but to repeat it. */
  readonly isOneContent: boolean;
}

/**
 * The way to one sink: every attempt passes here, so that pace, deadline and state hold for all of its rows. A sink with
 * several destinations has a circuit breaker of its own for what stops all of them, and each destination has one too.
 */
export class SinkChannel {
  readonly name: string;
  readonly sink: Sink;
  readonly random: () => number;
  /** Where records go. */
  readonly destinationOfRecords: SinkDestination;
  readonly #deps: SinkChannelDeps;
  readonly #breaker: CircuitBreaker;
  /** Where all notifications go; undefined when they go to several destinations. */
  readonly #only: SinkDestination | undefined;
  readonly #destinations: SinkDestinations;
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
    this.#only = configured.type.destinationOf === undefined ? this.destinationOfRecords : undefined;
  }

  get common(): CommonOptions {
    return this.#common;
  }

  /** Texts may change while the receiver stays. */
  useTexts({ title, text }: Pick<CommonOptions, "title" | "text">): void {
    this.#common = { ...this.#common, title, text };
  }

  /** Where a notification goes. */
  destinationOf(notification: Notification): SinkDestination {
    if (this.#only !== undefined) return this.#only;
    const { configured, scrub } = this.#deps;
    const name = configured.type.destinationOf?.(notification, configured.options) ?? "";
    return this.#destinations.of(scrub(name));
  }

  status(): ChannelStatus {
    const own = { state: this.#state, error: this.#error, waitMs: this.#breaker.waitMs(this.#now) };
    return statusOf(own, [...this.#destinations], this.#now);
  }

  /** Whether the sink, not merely its pace, holds attempts back. */
  get isClosed(): boolean {
    return this.#breaker.waitMs(this.#now) > 0;
  }

  /** How many notifications may be leased now beside `running` ones; their destinations may have less room. */
  room(running: number): number {
    const free = this.#free(running);
    if (this.#only !== undefined) return Math.min(free, this.#only.room(running));
    const open = [...this.#destinations].reduce((sum, one) => sum + one.room(one.running), NEW_AT_ONCE);
    return Math.min(free, open);
  }

  /** How many writes of records may start now beside `running` ones. */
  roomForRecords(running: number): number {
    return Math.min(this.#free(running), this.destinationOfRecords.room(running));
  }

  #free(running: number): number {
    return this.isClosed ? 0 : Math.max(0, this.#breaker.limit(this.#common.totalConcurrency) - running);
  }

  /** Names of the destinations that take nothing now, whatever waits for them. */
  closed(): readonly string[] {
    return [...this.#destinations].filter((one) => one.room(one.running) === 0).map(({ name }) => name);
  }

  /** Milliseconds until the sink lets an attempt start, 0 when it does now. */
  waitMs(): number {
    return Math.max(this.#breaker.waitMs(this.#now), this.#only?.waitMs() ?? 0);
  }

  /** Milliseconds until time alone opens a destination that is closed; Infinity when it opens none. */
  opensInMs(): number {
    const waits = [...this.#destinations].map((one) => one.waitMs()).filter((ms) => ms > 0);
    return Math.min(Infinity, ...waits);
  }

  /** Makes one attempt; never throws. */
  async attempt<Value>({ destination, run, isOneContent }: ChannelAttempt<Value>): Promise<Result<Value>> {
    const { clock, metrics } = this.#deps;
    destination.take();
    if (this.#destinations.isShared(destination)) metrics.shared.inc({ sink: this.name });
    const bounds = { clock, timeoutMs: this.#common.timeoutMs, signal: this.#abort.signal };
    try {
      const value = await attempt(bounds, run);
      this.#succeed(destination);
      return { ok: true, value };
    } catch (thrown) {
      // `attempt` throws nothing else.
      return { ok: false, error: this.fail(destination, thrown as DeliveryError, isOneContent) };
    }
  }

  /** Takes in a failure of an attempt, or of a part of one; answers what it means for the row. */
  fail(destination: SinkDestination, error: DeliveryError, isOneContent = false): DeliveryError {
    const isLocal = this.#only === undefined && error.scope === "destination";
    const { breaker } = isLocal ? destination : { breaker: this.#breaker };
    const isItsContent = error.failure === "cancelled" || breaker.failed(error, this.#now, isOneContent);
    // A receiver that refuses one destination has accepted the sink's credentials.
    if (isLocal) this.#breaker.answered();
    const text = this.errorText(error);
    if (isLocal) destination.error = text;
    else this.#error = text;
    this.#deps.metrics.attempts.inc({ sink: this.name, outcome: error.failure });
    this.#log(destination);
    if (error.class !== "poison" || isItsContent) return error;
    // The receiver refuses everything: the row waits, and others are tried before it.
    return error.with({ class: "transient" });
  }

  /** Lets no attempt start before. */
  pauseUntil(at: number): void {
    this.#breaker.pauseUntil(at);
  }

  /** A message was taken so long after the last occurrence that it tells of. */
  recordDelay(ms: number): void {
    this.#deps.metrics.delay.observe({ sink: this.name }, Math.max(0, ms) / 1000);
  }

  /** Ends running attempts. */
  abort(): void {
    this.#abort.abort();
  }

  /** What may be stored and shown of an error. */
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

  /** Logs that the sink, or one of its destinations, has come into another state. */
  #log(destination: SinkDestination): void {
    const sink = this.name;
    const own = { before: this.#loggedState, state: this.#state, error: this.#error };
    this.#loggedState = this.#say("sink", own, { sink });
    if (this.#only !== undefined) return;
    const { name, error, loggedState, state } = destination;
    const at = { sink, destination: name };
    destination.loggedState = this.#say("destination", { before: loggedState, state, error }, at);
  }

  /** @returns The state that the log told last. */
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
