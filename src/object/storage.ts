import { part, sentence, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of a PersistentVolumeClaim. */
export interface ClaimState extends Metadata {
  readonly kind: "PersistentVolumeClaim";
  /** `Pending`, `Bound`, `Lost`. */
  readonly phase: string;
  /** The volume that serves it; "" before it is bound. */
  readonly volume: string;
}

/** The kept state of a PersistentVolume. */
export interface VolumeState extends Metadata {
  readonly kind: "PersistentVolume";
  /** `Available`, `Bound`, `Released`, `Failed`. */
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * Reads a PersistentVolumeClaim,
 * https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/
 */
export const claim = part({
  metadata,
  spec: part({ volumeName: word }),
  status: part({ phase: word }),
}).transform(({ metadata: common, spec, status }): ClaimState => ({
  kind: "PersistentVolumeClaim",
  ...common,
  phase: status.phase,
  volume: spec.volumeName,
}));

/**
 * Reads a PersistentVolume,
 * https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/
 */
export const volume = part({
  metadata,
  status: part({ phase: word, reason: word, message: sentence }),
}).transform(({ metadata: common, status }): VolumeState => ({
  kind: "PersistentVolume",
  ...common,
  ...status,
}));
