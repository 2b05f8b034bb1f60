import type { CompiledRule } from "../../rule/index.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { advance, dismiss, end } from "./lifecycle.ts";
import { underRule } from "./opening.ts";
import type { TrackingContext } from "./tracking-context.ts";

/** The policy of the context is new: alerts end whose rule is gone, and follow their rule where it has changed. */
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
  if (alert.phase === "pending") return [dismiss(context, alert, "threshold")];
  return alert.phase === "firing" ? [end(context, alert, { how: "rule-removed", reason: "" })] : [];
}

/** An alert whose rule has changed: what it has seen may now be enough. */
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
