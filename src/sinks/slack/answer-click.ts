import { formatDuration } from "../../lib/duration.ts";
import type { GroupActions, OpenGroup } from "../../sink/index.ts";
import type { Click } from "./click.ts";
import { code, dateToken, escape } from "./mrkdwn.ts";

/** The limits of clicks. */
export interface ClickLimits {
  /** Ids of users, or everyone in the workspace. */
  readonly allow: readonly string[] | "everyone";
  /** Whether critical groups may be silenced too. */
  readonly critical: boolean;
  /** Whether users of other workspaces may click, in channels that are shared with them. */
  readonly external: boolean;
  /** Whether "I am looking" silences for an hour. */
  readonly lookingMutes: boolean;
}

/** The answer to a click: a reply that everybody sees, or a word that only the user sees. */
export interface ClickAnswer {
  readonly to: "thread" | "user";
  readonly text: string;
}

const OF_ANOTHER_SINK =
  "Nothing was done: the message is of another sink of Tocsin that has the same app. " +
  "Each sink with buttons needs an app of its own.";

const TOO_BROAD =
  "Nothing was silenced: its alerts have too little in common, so a silence would reach much farther than them. " +
  "Use `tocsin silence` with the labels that you mean.";

const LOOKING_MS = 3_600_000;

/**
 * Does what a click asks for, if it may.
 *
 * @param now Epoch milliseconds.
 * @throws What the store throws.
 */
export async function answerClick(
  click: Click,
  {
    actions,
    limits,
    owner,
    now,
  }: {
    readonly actions: GroupActions;
    readonly limits: ClickLimits;
    /** The mark of this sink. */
    readonly owner: string;
    readonly now: number;
  },
): Promise<ClickAnswer> {
  // Slack gives a click to any connection of the app: this sink has other limits, and perhaps other groups of that key.
  if (click.owner !== owner) return toUser(OF_ANOTHER_SINK);
  const refusal = refusalOf(click, limits);
  if (refusal !== undefined) return toUser(refusal);
  const group = await actions.find(click.group);
  if (group === undefined) return toUser("It is over already.");
  const who = escape(click.user.name, 80);
  const forMs = click.wish.kind === "silence" ? click.wish.forMs : LOOKING_MS;
  const isLooking = click.wish.kind === "looking";
  const obstacle = obstacleOf(group, limits);
  if (isLooking && (!limits.lookingMutes || obstacle !== undefined))
    return { to: "thread", text: `${who} is looking.` };
  if (obstacle !== undefined) return toUser(obstacle);
  const wish = {
    forMs,
    author: `slack:${click.user.name}`,
    comment: isLooking ? "looking, from Slack" : "from Slack",
  };
  const made = await actions.silence(click.group, wish);
  if (made === undefined) return toUser("It is over already.");
  const end = made.until === undefined ? "until it ends" : `until ${timeOf(made.until, now)}`;
  if (!made.isNew) return toUser(`It is silenced already, ${end}, by ${escape(made.author, 80)}.`);
  const what = isLooking ? `${who} is looking. Silenced ${end}` : `Silenced ${end} by ${who}`;
  return { to: "thread", text: `${what}: ${labelsText(group)}` };
}

function refusalOf({ team, user }: Click, { allow, external }: ClickLimits): string | undefined {
  const isForeign = team === undefined || user.team !== team;
  if (isForeign && !external) return "Only members of the workspace of Tocsin's app may do this.";
  if (allow !== "everyone" && !allow.includes(user.id))
    return "You may not do this: you are not on the list of this sink.";
  return undefined;
}

/** Why nobody can silence this group by a click; undefined where one can. */
function obstacleOf({ labels, severity }: OpenGroup, { critical }: ClickLimits): string | undefined {
  if (severity === "critical" && !critical)
    return "It is critical, and this sink lets nobody silence that here.";
  return Object.keys(labels).length === 0 ? TOO_BROAD : undefined;
}

function toUser(text: string): ClickAnswer {
  return { to: "user", text };
}

function timeOf(at: number, now: number): string {
  return dateToken(at, now, { fallback: `in ${formatDuration(at - now)}` });
}

/** The labels that the silence matches: `rule image-pull-failing`, `namespace shop`. */
function labelsText({ labels }: OpenGroup): string {
  return Object.entries(labels)
    .map(([label, value]) => `${escape(label)} ${code(value, 130)}`)
    .join(", ");
}
