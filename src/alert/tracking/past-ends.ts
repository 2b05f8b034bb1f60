import { BoundedMap } from "../../lib/bounded-map.ts";
import { joinKey } from "../../lib/joined-key.ts";
import type { AlertState, Comings, PastEnd } from "../state.ts";
import { endsWith, recent, relapsed } from "./wellness.ts";

/** Alerts, and workloads, whose past is remembered. */
const MOST_REMEMBERED = 10_000;

/** A problem that came and went this often within an hour is told, although it is over. */
const TOLD_FROM = 3;
const WITHIN_MS = 3_600_000;

/** Times that are kept of one problem. */
const MOST_TIMES = 60;

interface Coming {
  readonly from: number;
  readonly to: number;
}

/**
 * The ends of alerts that have left the book, and the problems that were over before anybody was told. Nothing of it is
 * stored: after a restart an end is told sooner, and a problem that comes and goes later.
 */
export class PastEnds {
  readonly #ends = new BoundedMap<string, readonly PastEnd[]>(MOST_REMEMBERED);
  readonly #comings = new BoundedMap<string, readonly Coming[]>(MOST_REMEMBERED);

  /** Records that the state of its objects ended an alert that was told. */
  add(alert: AlertState, now: number): void {
    this.#ends.set(alert.fingerprint, endsWith(alert, now, now));
  }

  /** The ends of an alert that opens again. @param seenAt Its occurrence, epoch milliseconds. */
  of(fingerprint: string, seenAt: number, now: number): readonly PastEnd[] | undefined {
    const ends = recent(this.#ends.peek(fingerprint) ?? [], now);
    return ends.length === 0 ? undefined : relapsed(ends, seenAt);
  }

  /**
   * Records that a problem was over before anybody was told.
   *
   * @param endedAt Epoch milliseconds.
   * @returns How often it came and went, when that is to be told; else undefined.
   */
  countUntold(alert: AlertState, endedAt: number, now: number): Comings | undefined {
    const key = problemOf(alert);
    const known = (this.#comings.peek(key) ?? []).filter(({ to }) => to + WITHIN_MS > now);
    const coming = { from: alert.firstSeenAt, to: Math.max(alert.firstSeenAt, endedAt) };
    const comings = [...known, coming].slice(-MOST_TIMES);
    this.#comings.set(key, comings);
    if (comings.length < TOLD_FROM) return undefined;
    return {
      times: comings.length,
      since: Math.min(...comings.map(({ from }) => from)),
      longestMs: Math.max(...comings.map(({ from, to }) => to - from)),
    };
  }
}

/** The rule and the workload of an alert; of a Job, its CronJob. */
function problemOf({ rule, labels }: AlertState): string {
  return joinKey([rule, labels["cluster"] ?? "", labels["namespace"] ?? "", labels["workload"] ?? ""]);
}
