import { part, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of a Namespace. */
export interface NamespaceState extends Metadata {
  readonly kind: "Namespace";
  /** `Active`, `Terminating`. */
  readonly phase: string;
}

/** Reads a Namespace, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/ */
export const namespace = part({ metadata, status: part({ phase: word }) }).transform(
  ({ metadata: common, status }): NamespaceState => ({ kind: "Namespace", ...common, phase: status.phase }),
);
