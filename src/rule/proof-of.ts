import type { Proof } from "../object/index.ts";
import type { CompiledRule, Lifecycle, ReasonRow } from "./compiled-rule.ts";

/**
 * The object state that proves the end of an alert, by its rule, else by the row of its event. A `point` is over as it
 * begins, so that nothing but the success of the Job ends it.
 */
export function proofOf(
  rule: Pick<CompiledRule, "lifecycle" | "resolve">,
  row: Pick<ReasonRow, "lifecycle" | "when"> | undefined,
): Proof | undefined {
  const when = rule.resolve.when ?? row?.when;
  const lifecycle = rule.lifecycle ?? row?.lifecycle ?? "recurring";
  return when !== undefined && fits(when, lifecycle) ? when : undefined;
}

/** Whether a proof can end alerts of a lifecycle. */
export function fits(when: Proof, lifecycle: Lifecycle): boolean {
  return lifecycle !== "point" || when === "complete";
}
