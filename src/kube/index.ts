export {
  type ApiAnswer,
  type ApiClient,
  type CallOptions,
  type ClusterIdentity,
  METADATA_ONLY,
} from "./api-client.ts";
export { ApiError, ConnectionError } from "./api-error.ts";
export { connect, type ConnectContext, contextNameOf, openClient } from "./connect.ts";
export type { ConnectOptions } from "./find-connection.ts";
export type { ApiStream } from "./http-answer.ts";
export { type OwnPod, ownPodOf } from "./own-pod.ts";
export { findOwnWorkload, type OwnWorkload } from "./own-workload.ts";
export { PluginError } from "./plugin-error.ts";
