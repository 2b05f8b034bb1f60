import type { AlertState } from "../../alert/index.ts";
import type { ApiContext } from "../bridge.ts";
import type { ActiveSilences } from "./active-silences.ts";

/** The holds on an alert, as Alertmanager says them. */
export interface AlertStatus {
  readonly state: "active" | "suppressed";
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of causes. */
  readonly inhibitedBy: readonly string[];
}

/** The status of an alert that fires. */
export function statusOf(
  alert: AlertState,
  { conditionOf, silences, now }: Pick<ApiContext, "conditionOf"> & StatusContext,
): AlertStatus {
  const silencedBy = silences.idsOn(alert);
  const inhibitedBy = isInhibited(alert, conditionOf, now) ? (alert.inhibited?.sources ?? []) : [];
  const isHeld = silencedBy.length + inhibitedBy.length > 0;
  return { state: isHeld ? "suppressed" : "active", silencedBy, inhibitedBy };
}

interface StatusContext {
  readonly silences: ActiveSilences;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Without an engine, by the causes that are kept with the alert. */
function isInhibited(alert: AlertState, conditionOf: ApiContext["conditionOf"], now: number): boolean {
  if (alert.inhibited === undefined) return false;
  const { until } = alert.inhibited;
  const condition = conditionOf(alert);
  return condition === undefined ? until === undefined || until > now : condition === "inhibited";
}
