import type { AlertState } from "../../alert/index.ts";

/** The label that every alert of Alertmanager is known by: here the name of its rule. */
export const RULE_LABEL = "alertname";

/**
 * Labels as this API shows them: the rule as `alertname`, and no empty ones, as an empty label is none in Alertmanager.
 * Names are letters, digits and `_` already, since rules take no others.
 */
export function toApiLabels(labels: AlertState["labels"]): Record<string, string> {
  const { rule = "", ...others } = labels;
  return Object.fromEntries(
    Object.entries({ ...others, [RULE_LABEL]: rule }).filter(([, value]) => value !== ""),
  );
}
