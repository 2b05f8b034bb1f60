import { toDurationText } from "../lib/duration.ts";
import type { RuleDraft } from "./compile-rule.ts";
import type { ReasonRow } from "./compiled-rule.ts";
import { likelyRows } from "./likely-rows.ts";
import type { Report } from "./report.ts";

/** Writers publish a series every 30 minutes: a shorter silence of them says nothing. */
const SERIES_SILENCE_MS = 40 * 60_000;

/** Checks `absent` of a rule. */
export function adviseAbsent({ spec, matcher }: RuleDraft, rows: readonly ReasonRow[], report: Report): void {
  if (spec.absent === undefined) return;
  const { count, distinct, within: window } = spec.threshold;
  const hasThreshold = count > 1 || distinct > 1 || window !== undefined;
  const hasResolve = Object.values(spec.resolve).some((value) => value !== undefined);
  const meaningless = [
    ...(hasThreshold ? ["threshold"] : []),
    ...(spec.for > 0 ? ["for"] : []),
    ...(hasResolve ? ["resolve"] : []),
  ];
  for (const key of meaningless) {
    const message =
      "means nothing beside absent: the rule fires when nothing comes, and the next occurrence ends it";
    report.error({ path: [key], message });
  }
  const { within } = spec.absent;
  const series = matcher.alternatives
    .flatMap((alternative) => likelyRows(alternative, rows))
    .find((row) => row.series);
  if (series === undefined || within >= SERIES_SILENCE_MS) return;
  const message = `repeats of ${series.reason} are published up to 30 minutes late, so ${toDurationText(within)} without one say nothing; wait for 40m at least`;
  report.warning({ path: ["absent", "within"], message });
}
