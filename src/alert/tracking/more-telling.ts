/**
 * The messages of a kubelet about one image that it cannot pull, the least telling first: only the last has the answer of
 * the registry (kuberuntime_image.go and image_manager.go of Kubernetes v1.36).
 */
const ABOUT_A_PULL = [
  /^Error: (?:ErrImagePull|ImagePullBackOff)\b/u,
  /^Back-off pulling image /u,
  /^Failed to pull image /u,
];

/** Of two messages about one object, the newer one, unless the older one tells more of the same failing pull. */
export function moreTelling(older: string, newer: string): string {
  const [before, after] = [rankOf(older), rankOf(newer)];
  return after >= 0 && before > after ? older : newer;
}

function rankOf(message: string): number {
  return ABOUT_A_PULL.findIndex((pattern) => pattern.test(message));
}
