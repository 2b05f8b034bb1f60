import { cutMiddle } from "../../lib/cut-middle.ts";
import { formatDuration } from "../../lib/duration.ts";
import { joinKey } from "../../lib/joined-key.ts";
import { oneLine } from "../../lib/text.ts";
import { utcTime } from "../../lib/utc-time.ts";
import { Ends, type EndWord } from "../ends.ts";
import type { NotificationKind, ResolvedBy, Trigger } from "../notification.ts";

/** Longest title, in UTF-16 units: phones show less, and mail programs not much more of a subject. */
export const LONGEST_TITLE = 300;

/** Longest text, in UTF-16 units. */
export const LONGEST_TEXT = 4000;

/** `FailedMount` → `Failed mount`, `NodeNotReady` → `Node not ready`; a reason that is no compound word stays. */
export function splitReason(reason: string): string {
  const words = reason.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/gu);
  if (words === null || words.join("") !== reason) return reason;
  const [first = "", ...rest] = words;
  return [first, ...rest.map((word) => (/^[A-Z]{2,}$/u.test(word) ? word : word.toLowerCase()))].join(" ");
}

/**
 * The title of an alert whose rule has none: `Back off: Deployment checkout-api in shop`, `Not seen for 26 h: Completed:
 * CronJob nightly in data`.
 *
 * @param absentMs How long its rule waited for an Event that did not come, milliseconds; undefined for other rules.
 */
export function defaultTitle(labels: Readonly<Record<string, string>>, absentMs?: number): string {
  const { reason = "", workload = "", namespace = "" } = labels;
  const object = workload.replace("/", " ").trim();
  const place = namespace === "" ? "" : ` in ${namespace}`;
  const unseen = absentMs === undefined ? "" : `Not seen for ${formatDuration(absentMs)}: `;
  const what = `${unseen}${reason === "" ? "Event" : splitReason(reason)}`;
  return oneLine(`${what}${object === "" ? "" : `: ${object}`}${place}`);
}

/** The facts for the common title of several alerts. */
export interface Crowd {
  /** The titles of the alerts in the message; 1 or more. */
  readonly titles: readonly string[];
  /** Labels of each, in the same order. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** Number of objects of each, in the same order. */
  readonly objects: readonly number[];
  /** Number of alerts, with those beyond the message. */
  readonly total: number;
  /** Number of alerts that were not sent before; 0 when new alerts are not the reason of the message. */
  readonly added: number;
  /** The description of the rule, when all alerts are of one rule; else "". */
  readonly description: string;
}

/**
 * `3 workloads: A container image cannot be pulled`, `2 more workloads (now 5): A container image cannot be pulled`,
 * `4 alerts: Node is not ready: node-3 and 3 more`.
 */
export function crowdTitle({ titles, labels, objects, total, added, description }: Crowd): string {
  const [first = ""] = titles;
  if (total === 1) return first;
  const noun = nounFor(labels, objects);
  const what = description === "" ? `${first} and ${total - 1} more` : description.replace(/\.$/u, "");
  if (added > 0 && added < total)
    return `${added} more ${noun}${added === 1 ? "" : "s"} (now ${total}): ${what}`;
  return `${total} ${noun}s: ${what}`;
}

/** The noun for each alert: "alert" when a workload has several, "node" or "pod" when each is about exactly one. */
export function nounFor(
  labels: Crowd["labels"],
  objects: Crowd["objects"],
): "alert" | "workload" | "node" | "pod" {
  const workloads = new Set(
    labels.map(({ cluster = "", namespace = "", workload = "" }) => joinKey([cluster, namespace, workload])),
  );
  if (workloads.size < labels.length) return "alert";
  if (labels.some(({ workload = "" }) => workload === "")) return "alert";
  const kinds = new Set(labels.map(({ workload = "" }) => workload.split("/", 1)[0]));
  if (kinds.size > 1) return "workload";
  if (!kinds.has("Node") && !kinds.has("Pod")) return "workload";
  if (objects.some((count) => count > 1)) return "alert";
  return kinds.has("Node") ? "node" : "pod";
}

/** The facts for the text about the end of a group. */
export interface Ending {
  readonly ends: readonly ResolvedBy[];
  /** When the last of them ended, epoch milliseconds. */
  readonly endedAt: number;
  /** Whether it may have ended earlier: `endedAt` is when somebody looked. */
  readonly isAtLatest: boolean;
  /** Milliseconds from the first occurrence to the end. */
  readonly lastedMs: number;
  /** Milliseconds without an occurrence, for quiet ends. */
  readonly quietMs: number;
  /** Epoch milliseconds: the time of the message. */
  readonly now: number;
}

/** The state that a title gives beside the problem. */
export interface TitleState {
  readonly kind: NotificationKind;
  readonly trigger: Trigger;
  /** Of an end; undefined for others. */
  readonly ending: Pick<Ending, "ends"> | undefined;
  /** Whether the problem came and went several times, untold. */
  readonly comesAndGoes?: boolean;
}

/** The title of a message: the state in words, then the problem (docs/design/alerting.md#titles). */
export function stateTitle(problem: string, state: TitleState): string {
  return cutMiddle(oneLine(prefixOf(state) + problem), LONGEST_TITLE);
}

function prefixOf({ kind, trigger, ending, comesAndGoes = false }: TitleState): string {
  if (trigger === "cleared-before-delivery") return "Happened and cleared before it could be delivered: ";
  if (trigger === "moved") return "Now reported elsewhere: ";
  if (trigger === "flapping") return "Flapping: ";
  switch (kind) {
    case "update":
      return UPDATE_PREFIXES.get(trigger) ?? "";
    case "repeat":
      return "Still: ";
    case "resolved":
      return END_PREFIXES[Ends.wordOf(ending?.ends ?? [])];
    case "firing":
    case "digest":
      return comesAndGoes ? "Comes and goes: " : "";
  }
}

const UPDATE_PREFIXES: ReadonlyMap<Trigger, string> = new Map<Trigger, string>([
  ["severity", "Now more severe: "],
  ["again", "Again: "],
  ["failed-again", "Failed again: "],
  // Of several groups; a single one counts its alerts.
  ["ended-in-part", "Over in part: "],
]);

const END_PREFIXES: Readonly<Record<EndWord, string>> = {
  resolved: "Resolved: ",
  deleted: "Deleted: ",
  replaced: "Replaced: ",
  over: "Over: ",
  unseen: "No longer seen: ",
  unwatched: "No longer watched: ",
};

/** Ways of ending that a text names. */
const MOST_WAYS = 3;

/** `Ended after 7 min 12 s: NodeReady seen.`, `Ended after 98 s: 3 of 3 pods ready since 07:26:50Z.` */
export function endingText({ ends, endedAt, isAtLatest, lastedMs, quietMs, now }: Ending): string {
  const ways = [...new Set(ends.map((end) => Ends.howOf(end, quietMs)))];
  const isHealthy = ends.every(({ how }) => how === "healthy");
  const since = isHealthy && !isAtLatest ? ` since ${utcTime(endedAt, now, "seconds")}` : "";
  const rest = ways.length > MOST_WAYS ? " and more" : "";
  const latest = isAtLatest ? " at the latest" : "";
  const how = `${ways.slice(0, MOST_WAYS).join(", ")}${rest}${since}`;
  return `${VERBS[Ends.wordOf(ends)]} after ${formatDuration(lastedMs)}${latest}: ${how}.`;
}

const VERBS: Readonly<Record<EndWord, string>> = {
  resolved: "Ended",
  deleted: "Ended",
  replaced: "Ended",
  over: "Ended",
  unseen: "Last seen",
  unwatched: "Closed",
};

/** The note in a message about a flapping group. */
export const FLAPPING_TEXT =
  "It comes and goes: this is the third time within two hours. Its end is sent when it has stayed away for an hour.";
