import type { CompiledRule } from "../rule/index.ts";

/** What conditions of rules failed since one last asked; a reload begins anew with rules of its own. */
export class ConditionFailures {
  readonly #counted = new WeakMap<CompiledRule, number>();

  /** @param note Is told of each rule that failed since, and how often. */
  collect(rules: readonly CompiledRule[], note: (rule: string, failures: number) => void): void {
    for (const rule of rules) {
      const failures = rule.conditionFailures();
      const more = failures - (this.#counted.get(rule) ?? 0);
      if (more === 0) continue;
      this.#counted.set(rule, failures);
      note(rule.name, more);
    }
  }
}
