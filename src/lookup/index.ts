export { ContainerLogs } from "./container-logs.ts";
export { createLookUps, type LookUpsDeps } from "./create-look-ups.ts";
export type { LookUpStatus } from "./look-up-status.ts";
export { LookUp } from "./look-up.ts";
export { StateLookUp } from "./state-look-up.ts";
