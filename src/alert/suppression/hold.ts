import type { AlertState } from "../state.ts";
import type { Inhibition } from "./inhibitor.ts";
import type { TimeInterval } from "./time-interval.ts";

/** What keeps people from being told of an alert for now, although it fires. */
export interface Hold {
  readonly reason: "inhibition" | "mute" | "silence";
  /** Which one, for people: the name of an interval or of an inhibition rule, or the id of a silence. */
  readonly by: string;
  /** When to look again, epoch milliseconds; undefined when its end is an input of its own. */
  readonly until: number | undefined;
  /** What is kept with an alert that is inhibited. */
  readonly inhibition?: Inhibition;
}

/** Asks what holds an alert back now. */
export type HoldOf = (alert: AlertState) => Hold | undefined;

/** A time interval under the name that routes know it by. */
export interface NamedInterval {
  readonly name: string;
  readonly interval: TimeInterval;
}

/** What a route says about the hours in which it tells nobody. */
export interface RouteHours {
  /** Nobody is told while one of these is on. */
  readonly mute: readonly NamedInterval[];
  /** When not empty: nobody is told unless one of these is on. */
  readonly active: readonly NamedInterval[];
}

/** Whether a route tells nobody now. @param now Epoch milliseconds. */
export function muteOf({ mute, active }: RouteHours, now: number): Hold | undefined {
  if (active.length > 0 && !active.some(({ interval }) => interval.isOn(now))) {
    const until = Math.min(...active.map(({ interval }) => interval.changesAt(now)));
    return { reason: "mute", by: `outside of ${active.map(({ name }) => name).join(", ")}`, until };
  }
  const on = mute.find(({ interval }) => interval.isOn(now));
  return on === undefined ? undefined : { reason: "mute", by: on.name, until: on.interval.changesAt(now) };
}

/** For people: `mute weekend until 2026-06-01T08:00Z`, `silence config/upgrade`. */
export function holdText({ reason, by, until }: Hold): string {
  const end = until === undefined ? "" : ` until ${new Date(until).toISOString().slice(0, 16)}Z`;
  return `${reason} ${by}${end}`;
}

/** When a group is to be looked at again because of what holds news of it back; undefined: nothing does. */
export function lookAgainAt(holds: readonly Hold[]): number | undefined {
  const at = Math.min(...holds.map(({ until }) => until ?? Infinity));
  return Number.isFinite(at) ? at : undefined;
}
