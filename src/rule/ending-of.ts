import type { CompiledRule, Lifecycle, ReasonRow } from "./compiled-rule.ts";

/** Three slots of the legacy recorder for a continuing problem (docs/design/alerting.md#quiet-period). */
const QUIET_MS = 15 * 60_000;

/** How an alert ends of itself. */
export interface Ending {
  readonly lifecycle: Lifecycle;
  /** Milliseconds; undefined: quiet alone never ends it. */
  readonly quietMs: number | undefined;
}

/** The ending by rule, reason table and defaults. @param row For its event. */
export function endingOf(
  rule: Pick<CompiledRule, "lifecycle" | "resolve">,
  row: Pick<ReasonRow, "lifecycle" | "quietMs"> | undefined,
): Ending {
  const lifecycle = rule.lifecycle ?? row?.lifecycle ?? "recurring";
  const ofRow = lifecycle === "recurring" ? (row?.quietMs ?? QUIET_MS) : undefined;
  return { lifecycle, quietMs: rule.resolve.quietMs ?? ofRow };
}
