import type { Cel } from "./cel.ts";
import { UntranslatableError } from "./go-node.ts";

/** Fields of the tool's Event (pkg/kube/event.go), and the same in records, messages and rules here. */
const FIELDS: Readonly<Record<string, Cel>> = {
  Message: { cel: "event.message", type: "text" },
  Reason: { cel: "event.reason", type: "text" },
  Type: { cel: "event.type", type: "text" },
  Action: { cel: "event.action", type: "text" },
  Count: { cel: "event.count", type: "int" },
  UID: { cel: "event.uid", type: "text" },
  Name: { cel: "event.metadata.name", type: "text" },
  Namespace: { cel: "event.metadata.namespace", type: "text" },
  Labels: { cel: "event.metadata.labels", type: "map" },
  Annotations: { cel: "event.metadata.annotations", type: "map" },
  "Source.Component": { cel: "event.source.component", type: "text" },
  "Source.Host": { cel: "event.source.host", type: "text" },
  ReportingController: { cel: "event.source.component", type: "text" },
  ReportingInstance: { cel: "event.source.host", type: "text" },
  FirstTimestamp: { cel: "event.firstSeen", type: "time" },
  LastTimestamp: { cel: "event.lastSeen", type: "time" },
  EventTime: { cel: "event.firstSeen", type: "time" },
  CreationTimestamp: { cel: "event.firstSeen", type: "time" },
  GetTimestampISO8601: {
    cel: `event.firstSeen.format("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")`,
    type: "text",
  },
  GetTimestampMs: {
    cel: '((event.firstSeen - timestamp("1970-01-01T00:00:00Z")).getSeconds() * 1000 + event.firstSeen.getMilliseconds())',
    type: "int",
  },
  InvolvedObject: { cel: "event.involvedObject", type: "object" },
  Related: { cel: "event.related", type: "object" },
  "InvolvedObject.Labels": { cel: "event.involvedObject.labels", type: "map" },
  "InvolvedObject.Annotations": { cel: "event.involvedObject.annotations", type: "map" },
};

const REFERENCE_FIELDS: Readonly<Record<string, string>> = {
  Kind: "kind",
  Name: "name",
  Namespace: "namespace",
  UID: "uid",
  APIVersion: "apiVersion",
  FieldPath: "fieldPath",
};

/**
 * The value of a field: `["InvolvedObject", "Name"]`.
 *
 * @param cluster The name of the cluster in CEL. @throws {UntranslatableError} when there is no equal.
 */
export function eventField(names: readonly string[], cluster: string): Cel {
  const path = names.filter((name) => name !== "ObjectMeta" && name !== "ObjectReference");
  if (path.length === 0) return { cel: "event", type: "object" };
  if (path.join(".") === "ClusterName") return { cel: cluster, type: "text" };
  const found = referenceField(path) ?? FIELDS[path.join(".")] ?? innerField(path);
  if (found !== undefined) return found;
  throw new UntranslatableError(`.${names.join(".")} has no equal`);
}

/** `InvolvedObject.Name`, `Related.Kind`. */
function referenceField([first = "", second = "", ...rest]: readonly string[]): Cel | undefined {
  const key = REFERENCE_FIELDS[second];
  if ((first !== "InvolvedObject" && first !== "Related") || key === undefined || rest.length > 0)
    return undefined;
  return { cel: `event.${first === "Related" ? "related" : "involvedObject"}.${key}`, type: "text" };
}

/** A key of a map, or the time inside of metav1.Time. */
function innerField(path: readonly string[]): Cel | undefined {
  const parent = FIELDS[path.slice(0, -1).join(".")];
  const last = path.at(-1) ?? "";
  if (parent?.type === "map") return entryOf(parent, last);
  return parent?.type === "time" && last === "Time" ? parent : undefined;
}

/** A value of a map by its key. */
export function entryOf({ cel }: Cel, key: string): Cel {
  return { cel: `${cel}[${JSON.stringify(key)}]`, type: "entry" };
}
