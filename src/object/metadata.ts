import { z } from "zod";

import { count, flag, instant, listOf, part, word } from "./lenient.ts";

/** The kept metadata of every object. */
export interface Metadata {
  readonly uid: string;
  readonly createdAt: number | undefined;
  /** When its deletion was asked for, or is due: an object with a grace period has it while it still runs. */
  readonly deletionAt: number | undefined;
  /**
   * The annotation `kubernetes.io/config.mirror` of a static pod's mirror: Events of the kubelet carry this hash in
   * place of its uid. "" for everything else.
   */
  readonly mirrorOf: string;
  /** Of a Deployment and its ReplicaSets: the number of the rollout, as their controller counts. "" for others. */
  readonly revision: string;
  /** The labels of the object that are in `KEPT_LABELS`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its controller, `Kind/name`; "" for none. */
  readonly owner: string;
  /** Counts the changes of its spec. */
  readonly generation: number;
}

/** An object has few owners; of these, one is its controller. */
const MOST_OWNERS = 16;

const MIRROR = "kubernetes.io/config.mirror";

const REVISION = "deployment.kubernetes.io/revision";

/** Labels that say where a node is, and to which template a ReplicaSet and its pods belong. */
const KEPT_LABELS = [
  "pod-template-hash",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "node.kubernetes.io/instance-type",
] as const;

const ownerReference = z.object({ controller: flag, kind: word, name: word });

const labels = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((all): Readonly<Record<string, string>> =>
    Object.fromEntries(
      KEPT_LABELS.flatMap((key) => {
        const value = word.parse(all[key]);
        return value === "" ? [] : [[key, value]];
      }),
    ),
  );

/** `metadata` of an object. */
export const metadata = part({
  uid: word,
  creationTimestamp: instant,
  deletionTimestamp: instant,
  generation: count,
  labels,
  annotations: part({ [MIRROR]: word, [REVISION]: word }),
  ownerReferences: listOf(ownerReference, MOST_OWNERS),
}).transform(
  ({
    uid,
    creationTimestamp,
    deletionTimestamp,
    generation,
    labels: kept,
    annotations,
    ownerReferences,
  }): Metadata => ({
    uid,
    createdAt: creationTimestamp,
    deletionAt: deletionTimestamp,
    generation,
    labels: kept,
    mirrorOf: annotations[MIRROR],
    revision: annotations[REVISION],
    owner: controllerIn(ownerReferences),
  }),
);

function controllerIn(owners: readonly z.output<typeof ownerReference>[]): string {
  const controller = owners.find((owner) => owner.controller);
  if (controller === undefined || controller.kind.includes("/")) return "";
  return `${controller.kind}/${controller.name}`;
}
