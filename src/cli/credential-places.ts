import type { ConnectContext } from "../kube/index.ts";
import type { Io } from "./io.ts";

/** The places of API server credentials. */
export function credentialPlaces({
  env,
  serviceAccountDir,
}: Io): Pick<ConnectContext, "env" | "serviceAccountDir"> {
  return { env, ...(serviceAccountDir === undefined ? {} : { serviceAccountDir }) };
}
