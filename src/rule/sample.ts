import { type ClusterEvent, normalise } from "../event/index.ts";
import type { TextScope } from "./compiled-rule.ts";
import type { Matcher } from "./matcher.ts";
import { LABEL_NAMES } from "./rule-spec.ts";

/** When it is written. */
const AT = "2026-01-01T00:00:00Z";

/** Makes an event for examples, with the values that the match names; it need not match. */
export function sampleEvent({ alternatives: [first] }: Pick<Matcher, "alternatives">): ClusterEvent {
  const value = (path: string, otherwise: string): string => {
    const pattern = first?.tests.find(({ field }) => field.path === path)?.pattern;
    const [named = pattern?.sample ?? otherwise] = pattern?.exact ?? [];
    return named;
  };
  const namespace = value("involvedObject.namespace", "shop");
  const place = namespace === "" ? {} : { namespace };
  const raw = {
    metadata: {
      name: "web-1.18a3f00000000000",
      namespace: namespace === "" ? "default" : namespace,
      uid: "00000000-0000-4000-8000-000000000000",
      resourceVersion: "1",
      creationTimestamp: AT,
    },
    type: value("type", "Warning"),
    reason: value("reason", "BackOff"),
    message: value("message", "Back-off restarting failed container app in pod web-1_shop"),
    action: value("action", ""),
    count: 3,
    source: { component: value("source.component", "kubelet"), host: value("source.host", "node-1") },
    involvedObject: {
      kind: value("involvedObject.kind", "Pod"),
      apiVersion: "v1",
      ...place,
      name: value("involvedObject.name", "web-1"),
      uid: "00000000-0000-4000-8000-000000000001",
      fieldPath: `spec.containers{${value("involvedObject.container", "app")}}`,
    },
    firstTimestamp: "2025-12-31T23:59:00Z",
    lastTimestamp: AT,
  };
  return normalise(raw, "sample");
}

/** The variables of the texts of an alert that this event opened. */
export function sampleScope(event: ClusterEvent, ownLabels: readonly string[]): TextScope {
  const labels = Object.fromEntries([...LABEL_NAMES, ...ownLabels].map((name) => [name, name] as const));
  return {
    event,
    now: Date.parse(AT),
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
    group: { key: "sample", labels: { rule: "sample", cluster: event.cluster }, alerts: 1 },
  };
}
