import type { AlertState } from "./state.ts";

/** Fields that thousands of alerts have alike. */
export type CommonFields = Pick<
  AlertState,
  | "rule"
  | "phase"
  | "severity"
  | "lifecycle"
  | "runbook"
  | "dashboard"
  | "quietMs"
  | "maxAgeMs"
  | "series"
  | "estimated"
  | "counters"
  | "proof"
  | "overflow"
  | "ruleVersion"
  | "isTombstone"
  | "isTold"
>;

/** Fields that timers and dispatch read of every alert, or change. */
export type OwnFields = Pick<
  AlertState,
  | "fingerprint"
  | "firstSeenAt"
  | "occurredAt"
  | "activeAt"
  | "confirmedAt"
  | "well"
  | "firstLookAt"
  | "occurrences"
  | "accounted"
  | "inhibited"
  | "destinations"
>;

/** All other fields rest as a text, a quarter of their size, until somebody reads one. */
export type RestingFields = Omit<AlertState, keyof CommonFields | keyof OwnFields>;

/** Takes an alert apart. @param alert With all its fields as properties. */
export function partsOf(alert: AlertState): {
  readonly own: OwnFields;
  readonly common: CommonFields;
  readonly resting: RestingFields;
} {
  const {
    fingerprint,
    firstSeenAt,
    occurredAt,
    activeAt,
    confirmedAt,
    well,
    firstLookAt,
    occurrences,
    accounted,
    inhibited,
    destinations,
    rule,
    phase,
    severity,
    lifecycle,
    runbook,
    dashboard,
    quietMs,
    maxAgeMs,
    series,
    estimated,
    counters,
    proof,
    overflow,
    ruleVersion,
    isTombstone,
    isTold,
    ...resting
  } = alert;
  return {
    own: {
      fingerprint,
      firstSeenAt,
      occurredAt,
      activeAt,
      confirmedAt,
      well,
      firstLookAt,
      occurrences,
      accounted,
      inhibited,
      destinations,
    },
    common: {
      rule,
      phase,
      severity,
      lifecycle,
      runbook,
      dashboard,
      quietMs,
      maxAgeMs,
      series,
      estimated,
      counters,
      proof,
      overflow,
      ruleVersion,
      isTombstone,
      isTold,
    },
    resting,
  };
}

/** The own fields of an alert. */
export function ownOf(alert: OwnFields): OwnFields {
  return {
    fingerprint: alert.fingerprint,
    firstSeenAt: alert.firstSeenAt,
    occurredAt: alert.occurredAt,
    activeAt: alert.activeAt,
    confirmedAt: alert.confirmedAt,
    well: alert.well,
    firstLookAt: alert.firstLookAt,
    occurrences: alert.occurrences,
    accounted: alert.accounted,
    inhibited: alert.inhibited,
    destinations: alert.destinations,
  };
}

/** The common fields of an alert. */
export function commonOf(alert: CommonFields): CommonFields {
  return {
    rule: alert.rule,
    phase: alert.phase,
    severity: alert.severity,
    lifecycle: alert.lifecycle,
    runbook: alert.runbook,
    dashboard: alert.dashboard,
    quietMs: alert.quietMs,
    maxAgeMs: alert.maxAgeMs,
    series: alert.series,
    estimated: alert.estimated,
    counters: alert.counters,
    proof: alert.proof,
    overflow: alert.overflow,
    ruleVersion: alert.ruleVersion,
    isTombstone: alert.isTombstone,
    isTold: alert.isTold,
  };
}
