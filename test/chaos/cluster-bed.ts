import type { Bed } from "./bed.ts";

/** A real kube-apiserver on a real etcd. */
export interface ClusterBed extends Bed {
  readonly kind: "cluster";
}
