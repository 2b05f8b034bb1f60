import type { CompiledRule } from "../../rule/index.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { advance, dismiss, end } from "./lifecycle.ts";
import { underRule } from "./opening.ts";
import type { TrackingContext } from "./tracking-context.ts";

/**
 * Adapts the alerts to the new policy of the context: they end if their rule was removed, and follow a changed rule.
 */
export function* adoptPolicy(context: TrackingContext): Iterable<AlertNews> {
  const { book, policy } = context;
  for (const { fingerprint } of book.all()) {
    const alert = book.get(fingerprint);
    if (alert === undefined || alert.isTombstone) continue;
    const rule = policy.rules.byName.get(alert.rule);
    if (rule === undefined) yield* endRemoved(context, alert);
    else if (rule.version !== alert.ruleVersion) yield* adapt(context, alert, rule);
  }
}

function endRemoved(context: TrackingContext, alert: AlertState): readonly AlertNews[] {
  const by = { how: "rule-removed", reason: "" } as const;
  if (alert.phase === "pending") return [dismiss(context, alert, "threshold", { by })];
  return alert.phase === "firing" ? [end(context, alert, by)] : [];
}

/** Adapts an alert to its changed rule. Its occurrences may now meet the threshold. */
function adapt(context: TrackingContext, alert: AlertState, rule: CompiledRule): readonly AlertNews[] {
  const { book, observer, policy, now } = context;
  const row = policy.rules.reasonRow(alert.event);
  const onTextError = (): void => observer.ruleError(rule.name, "opening");
  const adapted = underRule(alert, rule, { row, policy, now, onTextError });
  book.put(adapted);
  const news: AlertNews[] = [];
  if (adapted.severity !== alert.severity) news.push({ kind: "severity-changed", alert: adapted });
  if (adapted.phase === "pending") news.push(...advance(context, adapted, rule));
  return news;
}
