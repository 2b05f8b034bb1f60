import { z } from "zod";

import { type Condition, conditions } from "./condition.ts";
import { flag, listOf, part, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** Most taints kept of one node. */
const MOST_TAINTS = 32;

/** The kept state of a Node. */
export interface NodeState extends Metadata {
  readonly kind: "Node";
  /** Whether it is cordoned. */
  readonly isUnschedulable: boolean;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  /** `Ready`, and the pressures. */
  readonly conditions: readonly Condition[];
}

/** Reads a Node, https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/ */
export const node = part({
  metadata,
  spec: part({
    unschedulable: flag,
    taints: listOf(z.object({ key: word, value: word, effect: word }), MOST_TAINTS),
  }),
  status: part({ conditions }),
}).transform(({ metadata: common, spec, status }): NodeState => ({
  kind: "Node",
  ...common,
  isUnschedulable: spec.unschedulable,
  taints: spec.taints,
  conditions: status.conditions,
}));
