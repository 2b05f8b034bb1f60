import type { Inbox } from "./inbox.ts";
import { endsIn, firingsIn, type Hook, hooksOf, mailOf } from "./messages.ts";
import type { Play } from "./play-incident.ts";

/** A look at the status comes up to so much later than what it shows, and a message up to so much after its fact. */
const SLACK_MS = 4000;
/** A pod that crashes is well for a moment after each start; whoever is well for so long is well. */
const WELL_FOR_MS = 20_000;

/** The way an incident looked to those who read its messages. Durations in seconds; undefined where nothing came. */
export interface Figures {
  readonly name: string;
  /** From the cause to the first message. */
  readonly toldAfter: number | undefined;
  /** Rules that told it. */
  readonly rules: readonly string[];
  /** Whether only rules told it that may. */
  readonly isRight: boolean;
  /** Words of the cause that the first message has not. */
  readonly unnamed: readonly string[];
  /** From the status that shows health to the message that says so. */
  readonly endToldAfter: number | undefined;
  /** Between the end that was told and the end that was. */
  readonly endTimeError: number | undefined;
  /** Whether the same trouble was told again. */
  readonly isToldAgain: boolean | undefined;
  /** Whether it has no end by nature. */
  readonly isPoint: boolean;
  /** Messages in the webhook. */
  readonly messages: number;
  /** Rules of the alerts that were open five minutes after all was well; undefined where nobody looked. */
  readonly leftOpen?: readonly string[];
  /** Sentences that were not true when they were sent. */
  readonly untrue: readonly string[];
}

/** Holds the messages about an incident against what was so. */
export function judge(play: Play, inbox: Inbox): Figures {
  const { incident, causedAt, repairedAt, againAt } = play;
  const hooks = hooksOf(inbox, incident, causedAt);
  const once = hooks.filter(({ at }) => againAt === undefined || at < againAt);
  const first = firingsIn(once).at(0);
  const healthyAt = repairedAt === undefined ? undefined : lastEnd(play, againAt ?? Infinity);
  const end = endsIn(once).findLast(({ at }) => at >= (repairedAt ?? Infinity));
  const rules = [...new Set(hooks.flatMap(({ body }) => body.alerts.map(({ rule }) => rule)))];
  const text = first === undefined ? "" : mailOf(inbox, incident, first);
  return {
    name: incident.name,
    toldAfter: seconds(first?.at, causedAt),
    rules,
    isRight: rules.length > 0 && rules.every((rule) => incident.rules.test(rule)),
    unnamed: incident.names.filter((name) => !name.test(text)).map(String),
    endToldAfter: seconds(end?.at, healthyAt),
    endTimeError: endTimeError(end, healthyAt),
    isToldAgain: againAt === undefined ? undefined : firingsIn(hooks).some(({ at }) => at >= againAt),
    isPoint: incident.isPoint === true,
    messages: hooks.length,
    untrue: [...hooks.flatMap((hook) => untrueIn(hook, play)), ...secretsIn(inbox, incident)],
  };
}

/** When the trouble was last seen to end before a time. */
function lastEnd({ track }: Play, before: number): number | undefined {
  return track.changes.findLast(({ at, isSo }) => !isSo && at < before)?.at;
}

function endTimeError(end: Hook | undefined, healthyAt: number | undefined): number | undefined {
  const times = end?.body.alerts.flatMap(({ endsAt }) => (endsAt === null ? [] : [Date.parse(endsAt)])) ?? [];
  if (times.length === 0 || healthyAt === undefined) return undefined;
  return seconds(Math.max(...times), healthyAt);
}

function untrueIn({ at, body }: Hook, { incident, repairedAt, againAt, track }: Play): readonly string[] {
  if (incident.isPoint === true) return [];
  const current = track.changes.findLast((change) => change.at <= at);
  const isWell = current?.isSo === false && at - current.at > WELL_FOR_MS;
  const isBefore = againAt === undefined || at < againAt;
  if (body.kind === "resolved") {
    const isTooEarly = isBefore && at < (repairedAt ?? Infinity);
    return isTooEarly || (current?.isSo === true && at - current.at > SLACK_MS)
      ? [`ended: ${body.title}`]
      : [];
  }
  return isWell ? [`${body.kind} while well: ${body.title}`] : [];
}

function secretsIn(inbox: Inbox, { name, hides }: Play["incident"]): readonly string[] {
  return inbox.arrivals
    .filter(({ lane, text }) => lane === name && hides?.test(text) === true)
    .map(({ way }) => `a secret, by ${way}`);
}

function seconds(at: number | undefined, from: number | undefined): number | undefined {
  return at === undefined || from === undefined ? undefined : Math.round((at - from) / 1000);
}
