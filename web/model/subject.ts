import type { ListedAlert } from "../../src/api/schemas/alert.ts";

/** What an alert is about. */
export interface Subject {
  /** As in Kubernetes: `Deployment`. */
  readonly kind: string;
  readonly name: string;
  /** Empty for an object without one. */
  readonly namespace: string;
}

/** The workload of an alert, or its object where it has none. */
export function subjectOf({ labels }: Pick<ListedAlert, "labels">): Subject {
  const { workload = "", kind = "", name = "", namespace = "" } = labels;
  const slash = workload.indexOf("/");
  if (slash < 0) return { kind, name, namespace };
  return { kind: workload.slice(0, slash), name: workload.slice(slash + 1), namespace };
}

/** The namespace as people read it. */
export function namespaceText(namespace: string): string {
  return namespace === "" ? "cluster-wide" : namespace;
}
