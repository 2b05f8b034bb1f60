import type { NotifiedEvidence } from "../../alert/index.ts";
import type { Activity, AlertDetail } from "../schemas/alert-detail.ts";
import type { Alert } from "../schemas/alert.ts";
import type { Evidence } from "../schemas/evidence.ts";

/** Puts everything that is known of an alert together. @param evidence Undefined where nothing is known of the cause. */
export function toAlertDetail(
  alert: Alert,
  evidence: NotifiedEvidence | undefined,
  activity: Activity | null,
): AlertDetail {
  return { ...alert, evidence: evidence === undefined ? null : toEvidence(evidence), activity };
}

/** Without lines of logs: those are for receivers that somebody chose. */
function toEvidence({ logs: _logs, ...evidence }: NotifiedEvidence): Evidence {
  return evidence;
}
