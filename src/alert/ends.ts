import { formatDuration } from "../lib/duration.ts";
import { oneLine } from "../lib/text.ts";
import { proofText } from "../object/index.ts";
import type { NotifiedAlert, ResolvedBy } from "./notification.ts";

/**
 * The word for the end of one or several alerts. `resolved`: health was seen of each. `deleted`, `replaced`: their objects
 * are gone, and nothing, or others, took their place. `over`: several of these. `unseen`: nothing shows the end of at
 * least one. `unwatched`: a rule was removed.
 */
export type EndWord = "resolved" | "deleted" | "replaced" | "over" | "unseen" | "unwatched";

/** The word for these ends. @param ends 1 or more; a missing one counts as `unwatched`: it may well go on. */
function endWordOf(ends: readonly (Pick<ResolvedBy, "how" | "what"> | null | undefined)[]): EndWord {
  const words = new Set(ends.map(wordOf));
  if (words.has("unseen")) return "unseen";
  if (words.has("unwatched")) return "unwatched";
  const [only = "unseen"] = words;
  return words.size > 1 ? "over" : only;
}

function wordOf(end: Pick<ResolvedBy, "how" | "what"> | null | undefined): EndWord {
  if (!end) return "unwatched";
  // One that a person scaled to nothing is there, but it has no objects that could be well.
  if (end.how === "deleted" && end.what !== undefined) return "over";
  return end.how === "event" || end.how === "healthy" ? "resolved" : OTHER[end.how];
}

const OTHER = {
  deleted: "deleted",
  replaced: "replaced",
  quiet: "unseen",
  "max-age": "unseen",
  "rule-removed": "unwatched",
} as const satisfies Readonly<Record<string, EndWord>>;

/**
 * How long an alert among others lasted: `over after 1 min 38 s`, `over after 2 min at the latest`, `last seen after 4
 * min`; "" while it lasts, and where that is less than a second.
 */
function spanOf({
  startsAt,
  endsAt,
  resolvedBy,
  event,
}: Pick<NotifiedAlert, "startsAt" | "endsAt" | "resolvedBy"> & {
  readonly event: Pick<NotifiedAlert["event"], "lastSeen">;
}): string {
  if (endsAt === null) return "";
  const word = endWordOf([resolvedBy]);
  const until = word === "unseen" ? event.lastSeen : endsAt;
  const lastedMs = Date.parse(until) - Date.parse(startsAt);
  if (!(lastedMs >= 1000)) return "";
  const latest = resolvedBy?.atLatest === true ? " at the latest" : "";
  return `${SPANS[word]} after ${formatDuration(lastedMs)}${latest}`;
}

/** As `spanOf`, and where it has nothing to say, how the alert ended: `over`, `no longer seen`; "" while it lasts. */
function stateOf(alert: Parameters<typeof spanOf>[0]): string {
  if (alert.endsAt === null) return "";
  const word = endWordOf([alert.resolvedBy]);
  return spanOf(alert) || (word === "unseen" ? "no longer seen" : SPANS[word]);
}

const SPANS: Readonly<Record<EndWord, string>> = {
  resolved: "over",
  deleted: "gone",
  replaced: "replaced",
  over: "over",
  unseen: "last seen",
  unwatched: "closed",
};

/**
 * How one of them ended: `NodeReady seen`, `3 of 3 pods ready`.
 *
 * @param quietMs Milliseconds without an occurrence, for quiet ends.
 */
function howOf(end: ResolvedBy, quietMs: number): string {
  switch (end.how) {
    case "event":
      return `${oneLine(end.reason)} seen`;
    case "healthy":
      return oneLine(end.what ?? "") || "healthy again";
    case "deleted":
      return oneLine(end.what ?? "") || "object deleted";
    case "replaced":
      return "replaced by others";
    case "quiet":
      return `quiet for ${formatDuration(quietMs)}`;
    case "max-age":
      return "no longer tracked, it has not been seen for too long";
    case "rule-removed":
      return "its rule was removed";
  }
}

/** The words for ends of alerts, the same in titles, texts and sinks. */
export const Ends = { wordOf: endWordOf, spanOf, stateOf, howOf, proofText } as const;
