import { type ClusterEvent, type EventKeys, namespaceOf } from "../event/index.ts";

/** The same keys as `keysOf` reads from the raw Event. */
export function keysOfEvent(event: ClusterEvent): EventKeys {
  const { type, reason, involvedObject, source } = event;
  return {
    type,
    reason,
    namespace: namespaceOf(event),
    kind: involvedObject.kind,
    component: source.component,
  };
}
