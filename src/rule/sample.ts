import { type ClusterEvent, normalise } from "../event/index.ts";
import { isClusterScoped } from "./cluster-scoped.ts";
import type { ReasonRow, TextScope } from "./compiled-rule.ts";
import { likelyRows } from "./likely-rows.ts";
import type { Matcher } from "./matcher.ts";
import { LABEL_NAMES } from "./rule-spec.ts";

const NODE = "node-1";

/** When it is written. */
const AT = "2026-01-01T00:00:00Z";

/** The reason of the Event that most clusters have. */
const USUAL_REASON = "BackOff";

/**
 * Makes an event for examples, with the values that the match names; it need not match. The others are of the kind, the
 * component and the type that the reason table has for the reason; without one, of a container that crashes.
 */
export function sampleEvent(
  { alternatives: [first] }: Pick<Matcher, "alternatives">,
  rows: readonly ReasonRow[] = [],
): ClusterEvent {
  const value: ValueOf = (path, otherwise) => {
    const pattern = first?.tests.find(({ field }) => field.path === path)?.pattern;
    const [named = pattern?.sample ?? otherwise] = pattern?.exact ?? [];
    return named;
  };
  const [row] = first === undefined ? [] : likelyRows(first, rows);
  const involvedObject = objectOf(value, row);
  const { kind, name, namespace = "default" } = involvedObject;
  const reason = value("reason", USUAL_REASON);
  const raw = {
    metadata: {
      name: `${name}.18a3f00000000000`,
      namespace,
      uid: "00000000-0000-4000-8000-000000000000",
      resourceVersion: "1",
      creationTimestamp: AT,
    },
    type: value("type", row?.type || "Warning"),
    reason,
    message: value("message", row?.contains || messageOf(reason, kind)),
    action: value("action", ""),
    count: row === undefined || row.lifecycle === "recurring" ? 3 : 1,
    source: {
      component: value("source.component", row?.component || (ofKubelet(kind) ? "kubelet" : "")),
      host: value("source.host", kind === "Node" ? name : NODE),
    },
    involvedObject,
    firstTimestamp: "2025-12-31T23:59:00Z",
    lastTimestamp: AT,
  };
  return normalise(raw, "sample");
}

/** The value that the match names for a field, else the other one. */
type ValueOf = (path: string, otherwise: string) => string;

/** An object of the kind of the match, else of the row. */
function objectOf(
  value: ValueOf,
  row: ReasonRow | undefined,
): {
  readonly kind: string;
  readonly apiVersion: "v1";
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly fieldPath?: string;
} {
  const kind = value("involvedObject.kind", row?.kinds[0] ?? "Pod");
  const namespace = value("involvedObject.namespace", isClusterScoped(kind) ? "" : "shop");
  const container = value("involvedObject.container", "app");
  return {
    kind,
    apiVersion: "v1",
    ...(namespace === "" ? {} : { namespace }),
    name: value("involvedObject.name", kind === "Node" ? NODE : kind === "Pod" ? "web-1" : "web"),
    uid: "00000000-0000-4000-8000-000000000001",
    ...(kind === "Pod" ? { fieldPath: `spec.containers{${container}}` } : {}),
  };
}

/** Whether it is the kubelet that writes most Events about a kind. */
function ofKubelet(kind: string): boolean {
  return kind === "Pod" || kind === "Node";
}

/** Only where the sample is about a crash is the message of one no riddle. */
function messageOf(reason: string, kind: string): string {
  return reason === USUAL_REASON && kind === "Pod"
    ? "Back-off restarting failed container app in pod web-1_shop"
    : `Sample of a message of ${reason}`;
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
