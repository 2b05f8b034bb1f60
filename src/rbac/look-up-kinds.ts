import { type InspectedKind, OBJECT_KINDS } from "../object/index.ts";

/** A resource that look-ups may read, as RBAC names it. */
export interface LookUpResource {
  readonly apiGroup: string;
  readonly resource: string;
  readonly kind: string;
}

/** The part of the settings that decides what can be read. */
export interface LookUpScope {
  readonly enrich: "off" | "owners" | "state";
  readonly inspect: readonly InspectedKind[];
  /** Empty for all of them, and for objects without one. */
  readonly namespaces: readonly string[];
}

/** Kinds whose metadata is looked up (src/lookup/look-up.ts), each with the kinds that may own it. */
const OWNED: ReadonlyMap<string, readonly string[]> = new Map([
  ["Pod", ["ReplicaSet", "Job"]],
  ["ReplicaSet", []],
  ["Job", []],
]);

/**
 * The kinds whose state tells something of the alerts of a kind, beside itself: its workload, which speaks for its pods,
 * the revisions of a Deployment, and the node of a pod.
 */
const TELLING: ReadonlyMap<string, readonly string[]> = new Map([
  ["Pod", ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Node"]],
  ["ReplicaSet", ["Deployment"]],
  ["Deployment", ["ReplicaSet"]],
  ["Job", ["CronJob"]],
]);

/** All resources that look-ups could read. */
export function lookUpResources({ enrich, inspect, namespaces }: LookUpScope): readonly LookUpResource[] {
  const builtIn = [...OBJECT_KINDS]
    .filter(([kind]) => enrich === "state" || kind === "Namespace" || OWNED.has(kind))
    .filter(([kind, { isNamespaced }]) => isNamespaced || kind === "Namespace" || namespaces.length === 0)
    .map(([kind, place]) => ({ kind, ...place }));
  return [...builtIn, ...(enrich === "state" ? inspect : [])].map(({ kind, group, resource }) => ({
    kind,
    apiGroup: group,
    resource,
  }));
}

/** Whether labels and annotations are looked up of objects of a kind: of all whose state may be read. */
export function hasLabels(kind: string, enrich: LookUpScope["enrich"]): boolean {
  return enrich === "state" || OWNED.has(kind);
}

/**
 * Whether alerts about some kinds lead to look-ups of another one.
 *
 * @param from Undefined: any kind.
 */
export function leadTo(
  kind: string,
  from: ReadonlySet<string> | undefined,
  enrich: LookUpScope["enrich"],
): boolean {
  const related = enrich === "state" ? TELLING : OWNED;
  if (enrich !== "state" && !OWNED.has(kind)) return false;
  return from === undefined || from.has(kind) || [...from].some((each) => related.get(each)?.includes(kind));
}
