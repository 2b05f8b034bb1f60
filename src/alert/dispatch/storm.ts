import type { DigestCause, Missed, SinkLoad } from "../sink-load.ts";

/** A storm begins when more groups than this begin at one sink within five minutes (docs/design/alerting.md#storms). */
const CALM_OPENINGS = 10;

/** A storm ends when fewer groups than this began within five minutes. */
const STORM_ENDS_BELOW = 5;

/** The time over which beginnings are counted, and the time between two digests of a storm. */
const STORM_MS = 5 * 60_000;

/** Messages to one sink in a minute. Chats allow hardly more, and people do not read more. */
const MOST_MESSAGES = 20;
const MESSAGES_MS = 60_000;

/** Alerts that came and went and that one digest names, by why it waits; it only counts further ones. */
const MOST_MISSED: Readonly<Record<DigestCause, number>> = { storm: 10, mute: 10, scheduled: 50 };

/** The load of a sink that was sent nothing yet. */
export function noLoad(sink: string): SinkLoad {
  const nothing = { openings: [], messages: [], missed: [], missedOmitted: {} };
  return { sink, isStorm: false, dueAt: undefined, ...nothing };
}

/** Says whether a message may be sent by itself; if not, its news waits for the digest. */
export interface Admission {
  readonly load: SinkLoad;
  readonly admitted: boolean;
}

/**
 * Decides whether a sink gets a message now.
 *
 * @param message.opening Whether it is the first message about its group.
 */
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

/**
 * The missed alerts that a digest made now has. The number of an addressee's unnamed ones goes with the last named one.
 */
export function missedBy(
  { missed, missedOmitted }: SinkLoad,
  now: number,
): Pick<SinkLoad, "missed" | "missedOmitted"> {
  const due = missed.filter(({ tellAt }) => tellAt <= now);
  const later = new Set(missed.filter(({ tellAt }) => tellAt > now).map(addresseeOfMissed));
  const omitted = Object.entries(missedOmitted).filter(([addressee]) => !later.has(addressee));
  return { missed: due, missedOmitted: Object.fromEntries(omitted) };
}

/** The load after its digest was made, or was not needed. */
export function afterDigest(load: SinkLoad, now: number): SinkLoad {
  const openings = since(load.openings, now - STORM_MS);
  const isStorm = load.isStorm && openings.length >= STORM_ENDS_BELOW;
  const missed = load.missed.filter(({ tellAt }) => tellAt > now);
  const told = missedBy(load, now).missedOmitted;
  const untold = Object.entries(load.missedOmitted).filter(([addressee]) => !Object.hasOwn(told, addressee));
  const due = Math.min(isStorm ? now + STORM_MS : Infinity, ...missed.map(({ tellAt }) => tellAt));
  return {
    ...load,
    openings,
    isStorm,
    missed,
    missedOmitted: Object.fromEntries(untold),
    dueAt: Number.isFinite(due) ? due : undefined,
  };
}

/** The load with a digest due at this time at the latest. */
export function withDigestAt(load: SinkLoad, at: number): SinkLoad {
  return { ...load, dueAt: Math.min(load.dueAt ?? Infinity, at) };
}

/**
 * The load with one more alert that ended unsent, or since the last digest. A scheduled digest has the last end of an
 * alert only.
 */
export function withMissed(load: SinkLoad, missed: Missed): SinkLoad {
  const addressee = addresseeOfMissed(missed);
  const others = load.missed.filter((entry) => missed.cause !== "scheduled" || !isSame(entry, missed));
  const named = others.filter((entry) => addresseeOfMissed(entry) === addressee).length;
  const next = withDigestAt(load, missed.tellAt);
  if (named < MOST_MISSED[missed.cause]) return { ...next, missed: [...others, missed] };
  const omitted = (load.missedOmitted[addressee] ?? 0) + 1;
  return { ...next, missedOmitted: { ...load.missedOmitted, [addressee]: omitted } };
}

/** Whether two ends are of one alert. */
function isSame(a: Missed, b: Missed): boolean {
  return a.alert.fingerprint === b.alert.fingerprint && addresseeOfMissed(a) === addresseeOfMissed(b);
}

function addresseeOfMissed({ addressee = "" }: Missed): string {
  return addressee;
}

function since(times: readonly number[], start: number): readonly number[] {
  return times.filter((time) => time > start);
}
