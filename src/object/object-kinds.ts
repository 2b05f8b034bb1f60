/** Where the API server has the objects of a kind. */
export interface ObjectKind {
  /** The API group: `apps`, "" for the core. */
  readonly group: string;
  readonly version: string;
  /** The kind's name in paths: `pods`. */
  readonly resource: string;
  readonly isNamespaced: boolean;
}

/**
 * The kinds whose state is read, with the group that each belongs to: a Service of Knative is no Service of the core.
 * https://kubernetes.io/docs/reference/kubernetes-api/
 */
export const OBJECT_KINDS: ReadonlyMap<string, ObjectKind> = new Map([
  ["Pod", namespaced("", "v1", "pods")],
  ["ReplicaSet", namespaced("apps", "v1", "replicasets")],
  ["Deployment", namespaced("apps", "v1", "deployments")],
  ["StatefulSet", namespaced("apps", "v1", "statefulsets")],
  ["DaemonSet", namespaced("apps", "v1", "daemonsets")],
  ["Job", namespaced("batch", "v1", "jobs")],
  ["CronJob", namespaced("batch", "v1", "cronjobs")],
  ["HorizontalPodAutoscaler", namespaced("autoscaling", "v2", "horizontalpodautoscalers")],
  ["PersistentVolumeClaim", namespaced("", "v1", "persistentvolumeclaims")],
  ["PersistentVolume", { group: "", version: "v1", resource: "persistentvolumes", isNamespaced: false }],
  ["Namespace", { group: "", version: "v1", resource: "namespaces", isNamespaced: false }],
  ["Node", { group: "", version: "v1", resource: "nodes", isNamespaced: false }],
]);

function namespaced(group: string, version: string, resource: string): ObjectKind {
  return { group, version, resource, isNamespaced: true };
}

/**
 * Whether an object is of another API than the built-in kind of its name: Volcano has Jobs too.
 *
 * @param apiVersion Of the object: `batch.volcano.sh/v1alpha1`; "" where unknown.
 */
export function isOfOtherApi({
  kind,
  apiVersion,
}: {
  readonly kind: string;
  readonly apiVersion: string;
}): boolean {
  if (apiVersion === "") return false;
  const end = apiVersion.indexOf("/");
  return OBJECT_KINDS.get(kind)?.group !== (end === -1 ? "" : apiVersion.slice(0, end));
}
