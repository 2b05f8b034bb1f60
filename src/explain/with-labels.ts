import type { ClusterEvent } from "../event/index.ts";

/** Labels that a running bridge would look up. */
export interface LookedUpLabels {
  /** Of the object. */
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** The event with these labels beside those that it has. */
export function withLabels(event: ClusterEvent, { labels, namespaceLabels }: LookedUpLabels): ClusterEvent {
  const { involvedObject } = event;
  return {
    ...event,
    involvedObject: { ...involvedObject, labels: { ...involvedObject.labels, ...labels } },
    namespaceLabels: { ...event.namespaceLabels, ...namespaceLabels },
  };
}
