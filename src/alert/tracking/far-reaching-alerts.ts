import type { CompiledRule, RuleSet } from "../../rule/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { AlertState } from "../state.ts";

/** Alerts with a counter-event that may be about another object than theirs: every counter-event is held against them. */
export class FarReachingAlerts implements AlertIndex {
  readonly #fingerprints = new Set<string>();
  #rules: RuleSet;

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** Other rules for the alerts that change from now on. */
  configure(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** Fingerprints. */
  all(): readonly string[] {
    return [...this.#fingerprints];
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (after === undefined) {
      if (before !== undefined) this.#fingerprints.delete(before.fingerprint);
    } else if (countersReachFurther(this.#rules.byName.get(after.rule), after)) {
      this.#fingerprints.add(after.fingerprint);
    }
  }
}

/** Whether a rule has a counter-event that may be about another object than the alert's. */
export function countersReachFurther(
  rule: CompiledRule | undefined,
  alert: Pick<AlertState, "counters">,
): boolean {
  const sames = rule?.resolve.by ?? alert.counters ?? [];
  return sames.some(({ same }) => !same.includes("object"));
}
