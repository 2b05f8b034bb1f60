import { BoundedMap } from "../../lib/bounded-map.ts";
import { joinKey } from "../../lib/joined-key.ts";
import type { EngineState } from "../engine-input.ts";
import { clusterOfAlert, toEntity } from "../entity-kinds.ts";
import { type EntityChanges, joinEntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { ComingsState, PastEndsState } from "../past.ts";
import type { AlertState, Comings, PastEnd } from "../state.ts";
import { ENDS_COUNT_MS, endsWith, recent, relapsed } from "./wellness.ts";

/** Alerts, and workloads, whose past is remembered. */
const MOST_REMEMBERED = 10_000;

/** A problem that came and went this often within an hour is told, although it is over. */
const TOLD_FROM = 3;
const WITHIN_MS = 3_600_000;

/** Times that are kept of one problem. */
const MOST_TIMES = 60;

/** The ends of alerts that have left the book, and the problems that were over before anybody was told. */
export class PastEnds {
  readonly #ends = new BoundedMap<string, PastEndsState>(MOST_REMEMBERED);
  readonly #comings = new BoundedMap<string, ComingsState>(MOST_REMEMBERED);
  readonly #journals = {
    pastEnds: new Journal<PastEndsState>("pastEnds", (state) => toEntity("pastEnds", state)),
    comings: new Journal<ComingsState>("comings", (state) => toEntity("comings", state)),
  };

  /** Adds what the store already has. */
  load({ pastEnds, comings }: Pick<EngineState, "pastEnds" | "comings">): void {
    for (const past of pastEnds) this.#ends.set(past.fingerprint, past);
    for (const each of comings) this.#comings.set(each.key, each);
  }

  /** Records that the state of its objects ended an alert that was told. */
  add(alert: AlertState, now: number): void {
    const { fingerprint } = alert;
    const isOver = ({ ends }: PastEndsState): boolean => lastOf(ends).at + ENDS_COUNT_MS <= now;
    const past = { fingerprint, cluster: clusterOfAlert(alert), ends: endsWith(alert, now, now) };
    keep(this.#ends, this.#journals.pastEnds, { key: fingerprint, state: past, isOver });
  }

  /** The ends of an alert that opens again. @param seenAt Its occurrence, epoch milliseconds. */
  of(fingerprint: string, seenAt: number, now: number): readonly PastEnd[] | undefined {
    const ends = recent(this.#ends.peek(fingerprint)?.ends ?? [], now);
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
    const known = (this.#comings.peek(key)?.comings ?? []).filter(({ to }) => to + WITHIN_MS > now);
    const coming = { from: alert.firstSeenAt, to: Math.max(alert.firstSeenAt, endedAt) };
    const comings = [...known, coming].slice(-MOST_TIMES);
    const isOver = (state: ComingsState): boolean => lastOf(state.comings).to + WITHIN_MS <= now;
    const state = { key, cluster: clusterOfAlert(alert), comings };
    keep(this.#comings, this.#journals.comings, { key, state, isOver });
    if (comings.length < TOLD_FROM) return undefined;
    return {
      times: comings.length,
      since: Math.min(...comings.map(({ from }) => from)),
      longestMs: Math.max(...comings.map(({ from, to }) => to - from)),
    };
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    return joinEntityChanges(Object.values(this.#journals).map((journal) => journal.drain()));
  }
}

/** Keeps a state as the newest one, and forgets those of the oldest that count no more. */
function keep<State>(
  states: BoundedMap<string, State>,
  journal: Journal<State>,
  {
    key,
    state,
    isOver,
  }: { readonly key: string; readonly state: State; readonly isOver: (state: State) => boolean },
): void {
  const evicted = states.set(key, state);
  if (evicted !== undefined) journal.forget(evicted);
  for (const [oldest, old] of states.entries()) {
    if (!isOver(old)) break;
    states.delete(oldest);
    journal.forget(oldest);
  }
  if (states.peek(key) === state) journal.put(key, state);
}

function lastOf<Item>(items: readonly Item[]): Item {
  const last = items.at(-1);
  if (last === undefined) throw new Error("a past without an end is not kept");
  return last;
}

/** The rule and the workload of an alert; of a Job, its CronJob. */
function problemOf({ rule, labels }: AlertState): string {
  return joinKey([rule, labels["cluster"] ?? "", labels["namespace"] ?? "", labels["workload"] ?? ""]);
}
