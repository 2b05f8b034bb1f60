import type { ConnectContext } from "../kube/index.ts";
import type { Io } from "./io.ts";

/** Where the credentials of an API server are looked for. */
export function credentialPlaces({
  env,
  serviceAccountDir,
}: Io): Pick<ConnectContext, "env" | "serviceAccountDir"> {
  return { env, ...(serviceAccountDir === undefined ? {} : { serviceAccountDir }) };
}
