import type { AlertRow } from "../../../web/model/alert-row.ts";

/** A row of the list: a warning that fires since 08:00 and that `ops` was notified of, unless told otherwise. */
export function makeRow({
  labels,
  ...given
}: Partial<Omit<AlertRow, "labels">> & { readonly labels?: Record<string, string> } = {}): AlertRow {
  const at = "2026-06-01T08:00:00.000Z";
  return {
    fingerprint: "f1",
    rule: "crash-loop",
    phase: "firing",
    condition: "firing",
    severity: "warning",
    lifecycle: "recurring",
    labels: {
      rule: "crash-loop",
      namespace: "shop",
      workload: "Deployment/web",
      kind: "Pod",
      name: "web-1",
      node: "node-1",
      ...labels,
    },
    runbook: null,
    dashboard: null,
    openedAt: at,
    firedAt: at,
    resolvedAt: null,
    resolvedBy: null,
    proof: null,
    well: null,
    confirmedAt: null,
    title: "A container keeps crashing: Deployment web in shop",
    firstSeenAt: at,
    lastSeenAt: at,
    occurrences: 3,
    message: "Back-off restarting failed container",
    objectCount: 1,
    sinks: [{ sink: "ops", state: "told", at, newest: null }],
    heldBack: [],
    groups: [{ key: "default/1", sinks: ["ops"], sent: ["ops"], accepted: ["ops"], nextLookAt: null }],
    ...given,
  };
}
