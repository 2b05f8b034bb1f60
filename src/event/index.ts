export { type ClusterEvent, namespaceOf, objectKey, type ObjectRef, OWN_COMPONENT } from "./event.ts";
export { normalise, observe } from "./normalise.ts";
export { ObjectKey } from "./object-key.ts";
export type { Batch, EventHead, EventKeys, EventLine, Observation, Position } from "./observation.ts";
export {
  difference,
  lastHeardOf,
  lineageOf,
  type Occurrence,
  rebased,
  type SeenRow,
  toSeenRow,
} from "./occurrence.ts";
export { ownerChains, type OwnerChains } from "./owner-chains.ts";
export type { RawEvent } from "./raw-event.ts";
export { type WatchLine, WatchLineReader } from "./watch-line.ts";
export { isOrderedVersion, isSameOrOlder } from "./resource-version.ts";
