import { KeyIndex } from "../../lib/key-index.ts";
import type { CompiledRule, RuleSet } from "../../rule/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { AlertState } from "../state.ts";

/**
 * Alerts whose counter-event may be about another object than theirs. Tracking checks every counter-event in the
 * namespace of their Events against them.
 */
export class FarReachingAlerts implements AlertIndex {
  readonly #byNamespace = new KeyIndex();
  #rules: RuleSet;

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** Uses other rules for the alerts that change from now on. */
  configure(rules: RuleSet): void {
    this.#rules = rules;
  }

  /** Fingerprints of such alerts with Events in this namespace. */
  of(namespace: string): readonly string[] {
    return [...(this.#byNamespace.get(namespace) ?? [])];
  }

  has(namespace: string): boolean {
    return this.#byNamespace.has(namespace);
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (before !== undefined && before.event.namespace !== after?.event.namespace)
      this.#byNamespace.delete(before.event.namespace, before.fingerprint);
    if (after !== undefined && countersReachFurther(this.#rules.byName.get(after.rule), after))
      this.#byNamespace.add(after.event.namespace, after.fingerprint);
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
