import { Ends, type Notification, ToldAlert } from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import type { Severity } from "../../lib/severity.ts";
import { cleanText } from "../../lib/text.ts";
import { causeOf } from "./cause.ts";
import { factsOf } from "./facts.ts";
import { type Link, linksOf } from "./links.ts";
import { logsOf } from "./logs-of.ts";
import { newestMessage } from "./newest-message.ts";
import { type Places, placesOf } from "./places.ts";
import { whyOf } from "./why.ts";
import { shortLine, type TimedText } from "./words.ts";

/** Code units: a phone's lock screen shows headlines, rules write texts, and writers of Events write messages. */
const LONGEST_TITLE = 300;
const LONGEST_TEXT = 3000;
const LONGEST_CAUSE = 400;
/** The state: a severity while it fires, `quiet` when it is merely no longer seen, or moved, else `resolved`. */
export type State = Severity | "resolved" | "quiet" | "test";

/**
 * The content of a notification in neutral pieces, in the order of a message. Nothing is escaped; everything is bounded
 * and free of control characters. A sink lays out, escapes and cuts, so that the same problem reads the same
 * everywhere.
 */
export interface Presentation {
  readonly state: State;
  /** Shows the state without colour: one emoji. */
  readonly sign: string;
  /** One line: `critical · Node is not ready: node-3`, or the title alone when nothing fires. */
  readonly headline: string;
  /** The headline without the severity. */
  readonly title: string;
  readonly cluster: string;
  readonly facts: TimedText;
  /** The cause in one line, as far as the state of the objects tells it; "" when it does not. */
  readonly cause: string;
  /** The rule's or the sink's own text; "" where the facts, the evidence and the places say everything. */
  readonly text: string;
  /** A remark on this message: the group flaps, the message comes by a fallback; "" for none. */
  readonly note: string;
  /** The newest message, verbatim but for control characters; "" when it is over or there is none that tells anything. */
  readonly evidence: string;
  /** The last lines of a container that crashed, behind a line that names it; "" for none. */
  readonly logs: string;
  readonly places: Places;
  readonly command: string | undefined;
  readonly links: readonly Link[];
  readonly why: readonly string[];
}

const NOWHERE: Places = { shown: [], omitted: 0 };

const SIGNS: Readonly<Record<State, string>> = {
  critical: "🔴",
  warning: "🟠",
  info: "🔵",
  resolved: "🟢",
  quiet: "⚪",
  test: "🔵",
};

/**
 * Lays a notification out in neutral pieces.
 *
 * @param now Epoch milliseconds, for "since … (8 min)".
 * @param look.mostPlaces Places to show at most; left out: what fits a phone's screen.
 */
export function present(
  notification: Notification,
  now: number,
  { mostPlaces }: { readonly mostPlaces?: number } = {},
): Presentation {
  const state = stateOf(notification);
  const title = titleOf(notification);
  const isFiring = notification.status === "firing";
  // The text of tests and self-alerts is complete.
  const isAboutEvents = !notification.test && notification.trigger !== "self";
  const isNews = isAboutEvents && (isFiring || notification.trigger === "cleared-before-delivery");
  const going = goingOn(notification);
  return {
    state,
    sign: SIGNS[state],
    headline: isFiring && state !== "test" ? `${state} · ${title}` : title,
    title,
    cluster: shortLine(notification.cluster, LONGEST_TITLE),
    facts: isAboutEvents ? cleanWords(factsOf(going, now)) : [],
    text: textOf(notification, isAboutEvents),
    note: cleanBlock(notification.text.note),
    ...(isNews ? proofOf(going) : NO_PROOF),
    places:
      isNews || (isAboutEvents && notification.alerts.length > 1)
        ? placesOf(notification.trigger === "ended-in-part" ? notification : going, now, mostPlaces)
        : NOWHERE,
    command: isAboutEvents && isFiring ? going.alerts.slice(0, 1).flatMap(ToldAlert.commands)[0] : undefined,
    links: linksOf(notification),
    why: whyOf(notification),
  };
}

/** A message about what goes on, without the alerts that ended meanwhile: its note names those. */
function goingOn(notification: Notification): Notification {
  const { alerts, kind } = notification;
  if (kind !== "update" && kind !== "repeat") return notification;
  return { ...notification, alerts: alerts.filter(({ status }) => status === "firing") };
}

/** The cause, and the words of the cluster that show it. */
type Proof = Pick<Presentation, "cause" | "evidence" | "logs">;

const NO_PROOF: Proof = { cause: "", evidence: "", logs: "" };

function proofOf(notification: Notification): Proof {
  const cause = causeOf(notification);
  return {
    cause: shortLine(cause, LONGEST_CAUSE),
    evidence: cleanBlock(newestMessage(notification, cause)),
    logs: logsOf(notification),
  };
}

/** The title as one line, never empty. */
function titleOf({ title }: Pick<Notification, "title">): string {
  return shortLine(title, LONGEST_TITLE) || "Alert without a title";
}

function stateOf({ alerts, severity, status, test, trigger }: Notification): State {
  if (test) return "test";
  if (status === "firing") return severity;
  const word = Ends.wordOf(alerts.map(({ resolvedBy }) => resolvedBy));
  const isOver = alerts.length === 0 || (word !== "unseen" && word !== "unwatched");
  return isOver && trigger !== "moved" ? "resolved" : "quiet";
}

/**
 * The own text of the rule or the sink. Where nobody wrote one, the facts, the evidence and the places say what the
 * built-in text does; those of digests, tests and Tocsin itself do not.
 */
function textOf({ alerts, kind, text }: Notification, isAboutEvents: boolean): string {
  const isLaidOut = isAboutEvents && kind !== "digest" && alerts.length > 0;
  return cleanBlock(text.own === "" && !isLaidOut ? text.builtIn : text.own);
}

function cleanBlock(text: string): string {
  return cutMiddle(cleanText(cutMiddle(text, 4 * LONGEST_TEXT)), LONGEST_TEXT).trim();
}

/** These letters are part of reasons and kinds. */
function cleanWords(words: TimedText): TimedText {
  return words.map((word) =>
    typeof word === "string" ? cleanText(cutMiddle(word, LONGEST_TITLE)).replaceAll(/\s+/gu, " ") : word,
  );
}
