import type { Clock } from "../lib/clock.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import type { ConfiguredSink } from "../sink/index.ts";
import { CircuitBreaker, type CircuitState } from "./circuit-breaker.ts";

/** The collaborators of a destination. */
export interface SinkDestinationDeps {
  readonly common: Pick<ConfiguredSink["common"], "concurrency" | "rateLimit">;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** One destination of a sink: its pace, its circuit breaker and the attempts that run for it. */
export class SinkDestination {
  readonly name: string;
  readonly breaker: CircuitBreaker;
  /** Running attempts of notifications. */
  running = 0;
  /** The last failure, without secrets; "" after a success. */
  error = "";
  /** The state that was logged last. */
  loggedState: CircuitState = "ok";
  readonly #concurrency: number;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;

  constructor(name: string, { common, clock, random }: SinkDestinationDeps) {
    this.name = name;
    this.breaker = new CircuitBreaker(random);
    this.#concurrency = common.concurrency;
    this.#clock = clock;
    this.#bucket = new TokenBucket(common.rateLimit, clock.monotonic());
  }

  get state(): CircuitState {
    return this.breaker.state(this.#clock.now());
  }

  /** Number of attempts that may start now beside `running` ones. */
  room(running: number): number {
    if (this.breaker.waitMs(this.#clock.now()) > 0) return 0;
    const free = this.breaker.limit(this.#concurrency) - running;
    return Math.max(0, Math.min(free, this.#bucket.available(this.#clock.monotonic())));
  }

  /** Milliseconds until the circuit breaker and the pace let an attempt start; 0 when they let one start now. */
  waitMs(): number {
    return Math.max(this.breaker.waitMs(this.#clock.now()), this.#bucket.waitMs(this.#clock.monotonic()));
  }

  /** Counts an attempt that starts, for the pace. */
  take(): void {
    this.#bucket.take(1);
  }

  /** Whether a new destination would be in the same state: no attempt runs, none failed, the whole pace is free. */
  get isIdle(): boolean {
    return this.running === 0 && this.state === "ok" && this.#bucket.isFull(this.#clock.monotonic());
  }
}
