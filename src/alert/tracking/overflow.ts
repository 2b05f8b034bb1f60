import type { CompiledRule } from "../../rule/index.ts";
import type { AlertState } from "../state.ts";

/** Labels that say which object an alert is about. */
const OF_AN_OBJECT = ["namespace", "kind", "name", "workload", "container", "node"] as const;

/** The rule with everything that it matches being one problem. */
export function gathering(rule: CompiledRule): CompiledRule {
  return { ...rule, identity: [] };
}

/** The alert in which a rule gathers what is not tracked one by one. */
export function asOverflow(alert: AlertState): AlertState {
  const labels = { ...alert.labels };
  for (const name of OF_AN_OBJECT) labels[name] = "";
  return { ...alert, labels, overflow: true };
}
