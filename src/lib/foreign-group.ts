/** The API groups of Kubernetes itself that have no dot. */
const BUILT_IN = new Set(["", "apps", "batch", "autoscaling", "policy", "extensions"]);

/** Groups of Kubernetes itself that have one. */
const BUILT_IN_SUFFIX = ".k8s.io";

/**
 * The API group of an object that is not one of Kubernetes itself: `serving.knative.dev`; "" for the groups of Kubernetes,
 * and where the group is not known.
 *
 * @param apiVersion Group and version, `apps/v1`.
 */
export function foreignGroup(apiVersion: string): string {
  const end = apiVersion.indexOf("/");
  const group = end === -1 ? "" : apiVersion.slice(0, end);
  return BUILT_IN.has(group) || group.endsWith(BUILT_IN_SUFFIX) ? "" : group;
}
