import { type AlertState, Ends, type Silence } from "../../alert/index.ts";
import { ObjectKey } from "../../event/index.ts";
import { counted } from "../../lib/counted.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { CompiledRule } from "../../rule/index.ts";
import type { DecisionRow, DeliveryRow } from "../../store/index.ts";
import type { TimelineRow } from "../schemas/timeline.ts";
import { toDecision } from "./decision.ts";
import { toInstant } from "./instant.ts";

/** A row before it is written. */
interface Row extends Pick<TimelineRow, "kind" | "text"> {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly sink?: string | null;
  readonly occurrences?: number | null;
  readonly deliveryId?: string | null;
}

/** Of rows of one moment, the later one in this order comes first. */
const ORDER: readonly TimelineRow["kind"][] = [
  "seen",
  "matched",
  "fired",
  "grouped",
  "silenced",
  "held",
  "notified",
  "retry",
  "delivered",
  "dead",
  "resolved",
];

/** Writes rows, newest first. */
export function toTimeline(rows: readonly Row[]): readonly TimelineRow[] {
  return rows
    .toSorted((a, b) => b.at - a.at || ORDER.indexOf(b.kind) - ORDER.indexOf(a.kind))
    .map(({ at, kind, sink = null, text, occurrences = null, deliveryId = null }) => ({
      at: toInstant(at),
      kind,
      sink,
      text,
      occurrences,
      deliveryId,
    }));
}

/**
 * The rows about an alert itself.
 *
 * @param known.rule Undefined when the rule is gone. @param known.silences Those that match it.
 */
export function ownRows(
  alert: AlertState,
  known: {
    readonly rule: CompiledRule | undefined;
    readonly silences: readonly Silence[];
    readonly now: number;
  },
): readonly Row[] {
  return [
    ...seenRows(alert),
    { at: alert.openedAt, kind: "matched", text: `rule ${alert.rule} matched` },
    ...firedRows(alert, known.rule),
    ...endRows(alert),
    ...known.silences.flatMap((silence) => silenceRow(alert, silence, known.now)),
  ];
}

/** The rows of a decision: whether a message was made, and its delivery. @param delivery Undefined when nothing is kept of it. */
export function decisionRows(
  decision: DecisionRow,
  delivery: DeliveryRow | undefined,
  scrub: (text: string) => string,
): readonly Row[] {
  const { why: text, sink, deliveryId } = toDecision(decision);
  const { at, occurrences } = decision;
  if (decision.outcome === "suppressed") return [{ at, kind: "held", sink, text, occurrences }];
  const end = delivery === undefined ? "; no more is kept of its delivery" : "";
  const over = delivery?.state === "superseded" ? "; a newer message took its place" : "";
  return [
    { at, kind: "notified", sink, text: `${text}${end}${over}`, occurrences, deliveryId },
    ...(delivery === undefined ? [] : deliveryRow(delivery, scrub)),
  ];
}

function seenRows({ firstSeenAt, lastSeenAt, occurrences, estimated, members }: AlertState): readonly Row[] {
  const [first] = members.toSorted((a, b) => a.firstSeenAt - b.firstSeenAt);
  const on = first === undefined ? "" : ` on ${objectText(first)}`;
  const rows: readonly Row[] = [{ at: firstSeenAt, kind: "seen", text: `first seen${on}` }];
  if (occurrences <= 1) return rows;
  const least = estimated ? "at least " : "";
  return [
    ...rows,
    { at: lastSeenAt, kind: "seen", text: `last seen, ${least}${occurrences} in all`, occurrences },
  ];
}

function objectText({ kind, namespace, name }: AlertState["members"][number]): string {
  return ObjectKey.formatName({ kind, name: namespace === "" ? name : `${namespace}/${name}` }).replace(
    "/",
    " ",
  );
}

function firedRows({ firedAt, destinations }: AlertState, rule: CompiledRule | undefined): readonly Row[] {
  if (firedAt === undefined) return [];
  return [
    { at: firedAt, kind: "fired", text: `it fires${conditionText(rule)}` },
    ...destinations.map(({ groupKey, sinks }): Row => {
      const route = groupKey.slice(0, groupKey.lastIndexOf("/"));
      return {
        at: firedAt,
        kind: "grouped",
        text: `by the routes of now it goes to ${sinks.join(", ") || "no sink"} (${route})`,
      };
    }),
  ];
}

/** `; its rule now asks for 3 within 10 min`: nothing is kept of what the rule asked for then. */
function conditionText(rule: CompiledRule | undefined): string {
  if (rule === undefined) return "";
  const { threshold, forMs } = rule;
  const within = ` within ${formatDuration(threshold.withinMs)}`;
  const parts = [
    ...(threshold.count > 1 ? [`${threshold.count}${within}`] : []),
    ...(threshold.distinct > 1 ? [`${threshold.distinct} different objects${within}`] : []),
    ...(forMs > 0 ? [`${formatDuration(forMs)} without a pause`] : []),
  ];
  return parts.length === 0 ? "" : `; its rule now asks for ${parts.join(", ")}`;
}

function endRows({ ends = [], endedAt, resolvedAt, resolvedBy, quietMs = 0 }: AlertState): readonly Row[] {
  const earlier = ends.map((end): Row => ({
    at: end.endedAt,
    kind: "resolved",
    text: "it ended before, and began anew",
  }));
  if (resolvedAt === undefined || resolvedBy === undefined) return earlier;
  const how = Ends.howOf(resolvedBy, quietMs);
  const word = Ends.wordOf([resolvedBy]) === "unseen" ? "no longer seen" : "it ended";
  const latest = resolvedBy.atLatest === true ? " at the latest" : "";
  return [...earlier, { at: endedAt ?? resolvedAt, kind: "resolved", text: `${word}${latest}: ${how}` }];
}

function silenceRow({ openedAt, resolvedAt }: AlertState, silence: Silence, now: number): readonly Row[] {
  const { id, from, createdAt, until, untilResolved, author, comment } = silence;
  const at = Math.max(from, createdAt, openedAt);
  const isOver = until !== undefined && until <= openedAt;
  if (isOver || at > Math.min(now, resolvedAt ?? now)) return [];
  const end = untilResolved ? " until it ends" : until === undefined ? "" : ` until ${toInstant(until)}`;
  const by = author === "" ? "" : ` of ${author}`;
  const why = comment === "" ? "" : `: ${comment}`;
  return [{ at, kind: "silenced", text: `silence ${id}${by} matches it${end}${why}` }];
}

function deliveryRow(
  { id: deliveryId, sink, state, attempts, createdAt, dueAt, endedAt, ...row }: DeliveryRow,
  scrub: (text: string) => string,
): readonly Row[] {
  const error = scrub(row.error);
  const base = { sink, deliveryId, at: endedAt ?? createdAt };
  switch (state) {
    case "superseded":
      return [];
    case "delivered":
      return [{ ...base, kind: "delivered", text: `its receiver accepted it${triesText(attempts - 1)}` }];
    case "dead":
      return [{ ...base, kind: "dead", text: `it is a dead letter: ${error}` }];
    case "expired":
      return [{ ...base, kind: "dead", text: `it expired${error === "" ? "" : `: ${error}`}` }];
    case "waiting":
    case "sending": {
      const tried = error === "" ? "" : `: ${error}, ${counted(attempts, "attempt")}`;
      const next = dueAt === undefined || error === "" ? "" : `; the next is due at ${toInstant(dueAt)}`;
      return [{ ...base, kind: "retry", text: `not delivered yet${tried}${next}` }];
    }
  }
}

function triesText(failed: number): string {
  return failed > 0 ? ` after ${counted(failed, "attempt")} that failed` : "";
}
