/** The Pod this process runs in, as the downward API says it. */
export interface OwnPod {
  readonly namespace: string;
  readonly name: string;
  /** "" when nobody said. */
  readonly uid: string;
}

/** The Pod of `$TOCSIN_POD_NAME`, `$TOCSIN_POD_NAMESPACE` and `$TOCSIN_POD_UID`; undefined when they are not set. */
export function ownPodOf(env: NodeJS.ProcessEnv): OwnPod | undefined {
  const name = env["TOCSIN_POD_NAME"] ?? "";
  const namespace = env["TOCSIN_POD_NAMESPACE"] ?? "";
  if (name === "" || namespace === "") return undefined;
  return { name, namespace, uid: env["TOCSIN_POD_UID"] ?? "" };
}
