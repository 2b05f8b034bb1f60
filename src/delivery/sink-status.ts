import type { CircuitState } from "./circuit-breaker.ts";
import type { SinkDestination } from "./sink-destination.ts";

/** A status names this many destinations; further ones are a number. */
const MOST_NAMED = 10;

/** The better a state, the smaller its number. */
const BADNESS: Readonly<Record<CircuitState, number>> = { ok: 0, paused: 1, failing: 2, broken: 3 };

/** The state of a sink, or of one destination. */
export interface CircuitStatus {
  readonly state: CircuitState;
  /** The last failure, without secrets; "" after a success. */
  readonly error: string;
  /** Milliseconds until it may be tried again; 0 when it may now. */
  readonly waitMs: number;
}

/** A destination that does not work. */
export interface DestinationStatus extends CircuitStatus {
  /** A channel, a list of recipients: never a secret. */
  readonly destination: string;
  readonly state: Exclude<CircuitState, "ok">;
}

/** A sink with its destinations in trouble. */
export interface ChannelStatus extends CircuitStatus {
  /** Those that do not work, the worst first, at most 10; empty for a sink with one destination. */
  readonly destinations: readonly DestinationStatus[];
  readonly destinationsOmitted: number;
}

/** How one sink does. */
export interface SinkStatus extends ChannelStatus {
  readonly sink: string;
  /** Attempts that run. */
  readonly running: number;
}

/**
 * The status of a sink: its own circuit breaker's, or, when every known destination is in trouble, that of the best of
 * them. A sink works as long as one destination works.
 *
 * @param now Epoch milliseconds.
 */
export function statusOf(
  own: CircuitStatus,
  destinations: readonly SinkDestination[],
  now: number,
): ChannelStatus {
  const bad = destinations
    .flatMap(({ name, state, error, breaker }): DestinationStatus[] =>
      state === "ok" ? [] : [{ destination: name, state, error, waitMs: breaker.waitMs(now) }],
    )
    .toSorted((a, b) => BADNESS[b.state] - BADNESS[a.state]);
  const best = bad.length === destinations.length ? bad.at(-1) : undefined;
  const whole = own.state === "ok" && best !== undefined ? best : own;
  return {
    state: whole.state,
    error: whole.error,
    waitMs: whole.waitMs,
    destinations: bad.slice(0, MOST_NAMED),
    destinationsOmitted: Math.max(0, bad.length - MOST_NAMED),
  };
}
