import type { Missed, SinkLoad } from "../sink-load.ts";

/** More groups that begin at one sink within five minutes are a storm (docs/design/alerting.md#storms). */
const CALM_OPENINGS = 10;

/** With fewer than this a storm is over. */
const STORM_ENDS_BELOW = 5;

/** What a storm is measured over, and how often it is told of. */
const STORM_MS = 5 * 60_000;

/** Messages to one sink in a minute; no chat allows much more, and nobody reads more. */
const MOST_MESSAGES = 20;
const MESSAGES_MS = 60_000;

/** Alerts that came and went, named in one digest; the rest is a number. */
const MOST_MISSED = 10;

/** A sink that was told nothing yet. */
export function noLoad(sink: string): SinkLoad {
  const nothing = { openings: [], messages: [], missed: [], missedOmitted: 0 };
  return { sink, isStorm: false, dueAt: undefined, ...nothing };
}

/** Whether a message may be sent by itself; if not, its news waits for the digest. */
export interface Admission {
  readonly load: SinkLoad;
  readonly admitted: boolean;
}

/** Asks for a message. @param message.opening Whether the sink hears of its group for the first time. */
export function admit(
  load: SinkLoad,
  message: { readonly opening: boolean; readonly isCritical: boolean },
  now: number,
): Admission {
  const before = since(load.openings, now - STORM_MS);
  const openings = message.opening ? [...before, now].slice(-CALM_OPENINGS - 1) : before;
  const messages = since(load.messages, now - MESSAGES_MS);
  const storms = load.isStorm || openings.length > CALM_OPENINGS;
  const isFull = messages.length >= MOST_MESSAGES;
  const admitted = message.isCritical || !((storms && message.opening) || isFull);
  const due = storms ? now + STORM_MS : admitted ? Infinity : (messages[0] ?? now) + MESSAGES_MS;
  const dueAt = Math.min(load.dueAt ?? Infinity, due);
  return {
    admitted,
    load: {
      ...load,
      openings,
      messages: admitted ? [...messages, now].slice(-MOST_MESSAGES) : messages,
      isStorm: storms,
      dueAt: Number.isFinite(dueAt) ? dueAt : undefined,
    },
  };
}

/** What a digest made now tells of what came and went: the number left out comes with the last of it. */
export function missedBy(
  { missed, missedOmitted }: SinkLoad,
  now: number,
): Pick<SinkLoad, "missed" | "missedOmitted"> {
  const due = missed.filter(({ tellAt }) => tellAt <= now);
  return { missed: due, missedOmitted: due.length === missed.length ? missedOmitted : 0 };
}

/** The load when a digest has been made, or was not needed. */
export function afterDigest(load: SinkLoad, now: number): SinkLoad {
  const openings = since(load.openings, now - STORM_MS);
  const isStorm = load.isStorm && openings.length >= STORM_ENDS_BELOW;
  const missed = load.missed.filter(({ tellAt }) => tellAt > now);
  const due = Math.min(isStorm ? now + STORM_MS : Infinity, ...missed.map(({ tellAt }) => tellAt));
  return {
    ...load,
    openings,
    isStorm,
    missed,
    missedOmitted: load.missedOmitted - missedBy(load, now).missedOmitted,
    dueAt: Number.isFinite(due) ? due : undefined,
  };
}

/** The load with a digest due at this time at the latest. */
export function withDigestAt(load: SinkLoad, at: number): SinkLoad {
  return { ...load, dueAt: Math.min(load.dueAt ?? Infinity, at) };
}

/** The load with something that nobody was told of. */
export function withMissed(load: SinkLoad, missed: Missed): SinkLoad {
  const isFull = load.missed.length >= MOST_MISSED;
  const kept = isFull ? load.missed : [...load.missed, missed];
  const missedOmitted = load.missedOmitted + (isFull ? 1 : 0);
  return withDigestAt({ ...load, missed: kept, missedOmitted }, missed.tellAt);
}

function since(times: readonly number[], start: number): readonly number[] {
  return times.filter((time) => time > start);
}
