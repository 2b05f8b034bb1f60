import type { CircuitState } from "./circuit-breaker.ts";
import type { SinkDestination } from "./sink-destination.ts";

/** Destinations that a status names; further ones are counted. */
const MOST_NAMED = 10;

/** The order of states; a worse state has a greater number. */
const BADNESS: Readonly<Record<CircuitState, number>> = { ok: 0, paused: 1, failing: 2, broken: 3 };

/** The state of a sink, or of one destination. */
export interface CircuitStatus {
  readonly state: CircuitState;
  /** The last failure, without secrets; "" after a success. */
  readonly error: string;
  /** Milliseconds until the next attempt may start; 0 when it may start now. */
  readonly waitMs: number;
}

/** A destination that does not work. */
export interface DestinationStatus extends CircuitStatus {
  /** Its name, such as a channel or a list of recipients; never a secret. */
  readonly destination: string;
  readonly state: Exclude<CircuitState, "ok">;
}

/** The state of a sink, with its destinations that do not work. */
export interface ChannelStatus extends CircuitStatus {
  /** Destinations that do not work, the worst first, at most 10; empty for a sink with one destination. */
  readonly destinations: readonly DestinationStatus[];
  readonly destinationsOmitted: number;
}

/** The state of one sink, and its running attempts. */
export interface SinkStatus extends ChannelStatus {
  readonly sink: string;
  /** Number of running attempts. */
  readonly running: number;
}

/**
 * The status of a sink: that of its own circuit breaker, or, when no known destination works, that of the best
 * destination. A sink works as long as one destination works.
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
