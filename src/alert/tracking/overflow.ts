import type { CompiledRule } from "../../rule/index.ts";
import { changed } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";

/** Labels about the object of an alert. */
const OF_AN_OBJECT = ["namespace", "kind", "name", "workload", "container", "node"] as const;

/** The rule with an empty identity, so that all of its occurrences belong to one alert. */
export function gathering(rule: CompiledRule): CompiledRule {
  return { ...rule, identity: [] };
}

/** Turns a new alert into the overflow of its rule. */
export function asOverflow(alert: AlertState): AlertState {
  const labels = { ...alert.labels };
  for (const name of OF_AN_OBJECT) labels[name] = "";
  return changed(alert, { labels, overflow: true });
}
