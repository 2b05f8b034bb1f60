import type { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import { type ConfiguredSink, type Sink } from "../sink/index.ts";
import { attempt } from "./attempt.ts";
import { CircuitBreaker, type SinkState } from "./circuit-breaker.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";

type CommonOptions = ConfiguredSink["common"];

/** What came of one attempt. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: DeliveryError };

/** What a channel works with. */
export interface SinkChannelDeps {
  readonly name: string;
  readonly sink: Sink;
  readonly common: CommonOptions;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Removes secrets from what is stored and shown of errors. */
  readonly scrub: (text: string) => string;
}

/** The way to one destination: every attempt passes here, so that its pace, deadline and state hold for all rows. */
export class SinkChannel {
  readonly name: string;
  readonly sink: Sink;
  readonly random: () => number;
  readonly #deps: SinkChannelDeps;
  readonly #breaker: CircuitBreaker;
  readonly #bucket: TokenBucket;
  readonly #abort = new AbortController();
  #common: CommonOptions;
  #saidState: SinkState = "ok";
  #lastError = "";

  constructor(parts: SinkChannelDeps) {
    this.name = parts.name;
    this.sink = parts.sink;
    this.random = parts.random;
    this.#deps = parts;
    this.#common = parts.common;
    this.#breaker = new CircuitBreaker(parts.random);
    this.#bucket = new TokenBucket(parts.common.rateLimit, parts.clock.monotonic());
  }

  get common(): CommonOptions {
    return this.#common;
  }

  /** Texts may change while the destination stays. */
  useTexts({ title, text }: Pick<CommonOptions, "title" | "text">): void {
    this.#common = { ...this.#common, title, text };
  }

  state(): { readonly state: SinkState; readonly error: string; readonly waitMs: number } {
    const now = this.#deps.clock.now();
    return { state: this.#breaker.state(now), error: this.#lastError, waitMs: this.#breaker.waitMs(now) };
  }

  /** Whether the destination, not merely its pace, holds attempts back. */
  get isClosed(): boolean {
    return this.#breaker.waitMs(this.#deps.clock.now()) > 0;
  }

  /** How many attempts may start now beside `running` ones. */
  room(running: number): number {
    const { clock } = this.#deps;
    if (this.isClosed) return 0;
    const free = this.#breaker.limit(this.#common.concurrency) - running;
    return Math.max(0, Math.min(free, this.#bucket.available(clock.monotonic())));
  }

  /** Milliseconds until the circuit breaker and the pace let an attempt start, 0 when they do now. */
  waitMs(): number {
    const { clock } = this.#deps;
    return Math.max(this.#breaker.waitMs(clock.now()), this.#bucket.waitMs(clock.monotonic()));
  }

  /**
   * Makes one attempt; never throws.
   *
   * @param isOneContent Whether no other attempt is about the same content, but to repeat it.
   */
  async attempt<Value>(
    run: (signal: AbortSignal) => Promise<Value>,
    isOneContent: boolean,
  ): Promise<Result<Value>> {
    const { clock } = this.#deps;
    this.#bucket.take(1);
    const bounds = { clock, timeoutMs: this.#common.timeoutMs, signal: this.#abort.signal };
    try {
      const value = await attempt(bounds, run);
      this.#record("delivered");
      return { ok: true, value };
    } catch (thrown) {
      // `attempt` throws nothing else.
      return { ok: false, error: this.fail(thrown as DeliveryError, isOneContent) };
    }
  }

  /** Takes in a failure of an attempt, or of a part of one; answers what it means for the row. */
  fail(error: DeliveryError, isOneContent = false): DeliveryError {
    const isItsContent =
      error.failure === "cancelled" || this.#breaker.failed(error, this.#deps.clock.now(), isOneContent);
    this.#lastError = this.errorText(error);
    this.#record(error.failure);
    if (error.class !== "poison" || isItsContent) return error;
    // The destination refuses everything: the row waits, and others are tried before it.
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

  #record(outcome: DeliveryError["failure"] | "delivered"): void {
    const { name, clock, log, metrics } = this.#deps;
    if (outcome === "delivered") {
      this.#breaker.succeeded();
      this.#lastError = "";
    }
    metrics.attempts.inc({ sink: name, outcome });
    const state = this.#breaker.state(clock.now());
    if (state === this.#saidState || state === "paused") return;
    const fields = { sink: name, error: this.#lastError };
    if (state === "broken") log.error("sink is broken; its deliveries wait until it is mended", fields);
    else if (state === "failing") log.warn("sink fails; its deliveries wait", fields);
    else log.info("sink works again", { sink: name });
    this.#saidState = state;
  }
}
