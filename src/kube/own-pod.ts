/** The Pod of this process, by the downward API. */
export interface OwnPod {
  readonly namespace: string;
  readonly name: string;
  /** "" when not set. */
  readonly uid: string;
}

/** The Pod of `$TOCSIN_POD_NAME`, `$TOCSIN_POD_NAMESPACE` and `$TOCSIN_POD_UID`; undefined when they are not set. */
export function ownPodOf(env: NodeJS.ProcessEnv): OwnPod | undefined {
  const name = env["TOCSIN_POD_NAME"] ?? "";
  const namespace = env["TOCSIN_POD_NAMESPACE"] ?? "";
  if (name === "" || namespace === "") return undefined;
  return { name, namespace, uid: env["TOCSIN_POD_UID"] ?? "" };
}
