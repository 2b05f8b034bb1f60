import { formatDuration } from "../lib/duration.ts";
import { proofText } from "../object/index.ts";
import type { CompiledRule, ReasonRow } from "./compiled-rule.ts";
import { endingOf } from "./ending-of.ts";
import { proofOf } from "./proof-of.ts";

/** Event reasons that are named; a rule may have dozens. */
const MOST_REASONS = 4;

/**
 * How alerts of a rule end, in words: "once the pod has a node, by `Scheduled`, or after 45 min of quiet".
 *
 * @param row Of the reason table, for its Events; adds what the rule leaves open.
 */
export function waysToEnd(rule: CompiledRule, row: ReasonRow | undefined): string {
  const { lifecycle, quietMs } = endingOf(rule, row);
  const proof = proofOf(rule, row);
  if (lifecycle === "point" && proof === undefined) return "at once: it happened, and has no end";
  const reasons =
    rule.resolve.by?.map(({ label }) => label) ?? row?.counterEvents.map(({ reason }) => reason);
  const ways = [
    ...(proof === undefined ? [] : [`once ${proofText(proof)}`]),
    ...(reasons === undefined || reasons.length === 0 || lifecycle === "point" ? [] : [byText(reasons)]),
    ...(quietMs === undefined || lifecycle === "point" ? [] : [`after ${formatDuration(quietMs)} of quiet`]),
  ];
  if (ways.length === 0) return "when its rule goes or its objects do";
  return ways.length === 1 ? ways.join("") : `${ways.slice(0, -1).join(", ")}, or ${ways.at(-1)}`;
}

/** @param labels Of counter-events: reasons with " | " between them, or patterns. */
function byText(labels: readonly string[]): string {
  const reasons = [...new Set(labels.flatMap((label) => label.split(" | ")))];
  const named = reasons.slice(0, MOST_REASONS).map((reason) => `\`${reason.replaceAll("`", "'")}\``);
  const omitted = reasons.length - named.length;
  return `by ${named.join(", ")}${omitted > 0 ? ` and ${omitted} more` : ""}`;
}
