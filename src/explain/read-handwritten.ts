import { type ClusterEvent, normalise, type RawEvent } from "../event/index.ts";

/**
 * Reads an Event to explain. It may be written by hand: then it has no version yet, and everything else may be missing.
 *
 * @throws {TypeError} when it has no object.
 */
export function readHandwritten(raw: RawEvent, cluster: string): ClusterEvent {
  return normalise({ ...raw, metadata: { resourceVersion: "1", ...raw.metadata } }, cluster);
}
