import { type ClusterEvent, EMPTY_REF } from "../event/index.ts";
import type { TextScope } from "./compiled-rule.ts";
import type { Matcher } from "./matcher.ts";
import { LABEL_NAMES } from "./rule-spec.ts";

/** 2026-01-01T00:00:00Z. */
const AT = Date.UTC(2026, 0, 1);

/** Makes an event for examples, with the values that the match names; it need not match. */
export function sampleEvent({ alternatives: [first] }: Pick<Matcher, "alternatives">): ClusterEvent {
  const value = (path: string, otherwise: string): string => {
    const exact = first?.tests.find(({ field }) => field.path === path)?.pattern.exact;
    const [named] = exact ?? [];
    return named ?? otherwise;
  };
  const namespace = value("involvedObject.namespace", "shop");
  return {
    uid: "00000000-0000-4000-8000-000000000000",
    name: "web-1.18a3f00000000000",
    namespace: namespace === "" ? "default" : namespace,
    resourceVersion: "1",
    type: value("type", "Warning"),
    reason: value("reason", "BackOff"),
    message: value("message", "Back-off restarting failed container app in pod web-1_shop"),
    action: value("action", ""),
    count: 3,
    series: false,
    source: { component: value("source.component", "kubelet"), host: value("source.host", "node-1") },
    involvedObject: {
      ...EMPTY_REF,
      kind: value("involvedObject.kind", "Pod"),
      apiVersion: "v1",
      namespace,
      name: value("involvedObject.name", "web-1"),
      uid: "00000000-0000-4000-8000-000000000001",
      fieldPath: "spec.containers{app}",
      container: value("involvedObject.container", "app"),
    },
    related: EMPTY_REF,
    firstSeenAt: AT - 60_000,
    lastSeenAt: AT,
    createdAt: AT,
    labels: EMPTY_REF.labels,
    annotations: EMPTY_REF.annotations,
    namespaceLabels: EMPTY_REF.labels,
  };
}

/** The variables of the texts of an alert that this event opened. */
export function sampleScope(event: ClusterEvent, cluster: string, ownLabels: readonly string[]): TextScope {
  const labels = Object.fromEntries([...LABEL_NAMES, ...ownLabels].map((name) => [name, name] as const));
  return {
    event,
    cluster,
    now: AT,
    alert: {
      rule: "sample",
      severity: "warning",
      status: "firing",
      occurrences: event.count,
      startsAt: event.firstSeenAt,
      endsAt: undefined,
      labels,
      workload: "Deployment/web",
      objects: [`${event.involvedObject.kind}/${event.involvedObject.name}`],
      resolvedBy: "",
    },
    group: { key: "sample", labels: { rule: "sample", cluster }, alerts: 1 },
  };
}
