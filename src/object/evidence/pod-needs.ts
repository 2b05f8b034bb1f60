import { oneLine } from "../../lib/text.ts";
import { conditionOf } from "../condition.ts";
import type { PodState } from "../pod.ts";
import type { ContainerEvidence } from "./container-evidence.ts";

/**
 * Sentences of the scheduler about the volumes of a pod: none of them names its claim (kubernetes v1.36,
 * pkg/scheduler/framework/plugins/volumebinding and volumezone).
 */
const ABOUT_VOLUMES = /\bPersistentVolume|\bvolume/u;

/** Answers of registries to somebody who may not pull, or did not say who they are. */
const ABOUT_CREDENTIALS = /\b40[13]\b|unauthorized|forbidden|denied|authori[sz]ation|credentials/iu;

/** The reasons of a container that waits for its image. */
const WAITS_FOR_IMAGE: ReadonlySet<string> = new Set(["ErrImagePull", "ImagePullBackOff"]);

/** The things in the spec of a pod that its trouble is about, though no sentence about the trouble names them. */
export function podNeeds(pod: PodState, containers: readonly ContainerEvidence[]): readonly string[] {
  return [...claimsNeeded(pod), ...secretsNeeded(pod, containers)];
}

function claimsNeeded(pod: PodState): readonly string[] {
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status !== "False" || !ABOUT_VOLUMES.test(scheduled.message)) return [];
  return pod.claims.map((name) => `claim ${oneLine(name)}`);
}

function secretsNeeded(
  { pullSecrets }: PodState,
  containers: readonly ContainerEvidence[],
): readonly string[] {
  const isRefused = containers.some(
    ({ waiting, text }) => WAITS_FOR_IMAGE.has(waiting) && ABOUT_CREDENTIALS.test(text),
  );
  return isRefused ? pullSecrets.map((name) => `pull secret ${oneLine(name)}`) : [];
}
