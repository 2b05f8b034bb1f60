import { z } from "zod";

/** Severity of an alert, for people. */
export const Severity = z.enum(["critical", "warning", "info"]);
export type Severity = z.infer<typeof Severity>;

/** All severities, the worst first. */
export const SEVERITIES: readonly Severity[] = Severity.options;

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether `a` is at least as severe as `b`. */
export function atLeast(a: Severity, b: Severity): boolean {
  return RANK[a] >= RANK[b];
}

/** The worst of these severities; `info` for none. */
export function worstOf(severities: Iterable<Severity>): Severity {
  let worst: Severity = "info";
  for (const severity of severities) if (RANK[severity] > RANK[worst]) worst = severity;
  return worst;
}
