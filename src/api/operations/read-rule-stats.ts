import { Engine } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import type { CountedRule } from "../schemas/rule.ts";
import { toInstant, toInstantOrNull } from "../views/instant.ts";

/** As long as decisions are kept. */
const SPAN_MS = 7 * 86_400_000;

/** Reads the work of all rules in the last days. @param now Epoch milliseconds. */
export async function readRuleStats(
  queries: Pick<Queries, "activity" | "kept" | "ruleDecisions">,
  now: number,
): Promise<(rule: string) => CountedRule["stats"]> {
  const bucketMs = Engine.activityBucketMs;
  const since = Math.floor((now - SPAN_MS) / bucketMs) * bucketMs;
  const activity = await queries.activity({ from: since, stepMs: SPAN_MS + bucketMs, steps: 1 });
  const byRule = Map.groupBy(activity, ({ rule }) => rule);
  const kept = await queries.kept();
  const decisions = new Map((await queries.ruleDecisions(since)).map((row) => [row.rule, row]));
  return (rule) => {
    const rows = byRule.get(rule) ?? [];
    const sum = (counts: "opened" | "occurrences"): number =>
      rows.reduce((total, row) => total + (row[counts][0] ?? 0), 0);
    const { messages = 0, suppressed = {}, lastMessageAt } = decisions.get(rule) ?? {};
    return {
      since: toInstant(Math.max(since, kept.decisions)),
      activitySince: kept.activity === undefined ? null : toInstant(Math.max(since, kept.activity)),
      occurrences: sum("occurrences"),
      alerts: sum("opened"),
      messages,
      suppressed,
      lastMessageAt: toInstantOrNull(lastMessageAt),
    };
  };
}
