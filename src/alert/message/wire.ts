import type { ClusterEvent, ObjectRef } from "../../event/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import type { NotifiedObject, WireEvent, WireRef } from "../notification.ts";
import type { Member } from "../state.ts";

/** Longest event message that receivers get, in UTF-16 units; core/v1 has no limit. */
const LONGEST_MESSAGE = 8192;

/** An event as receivers get it. */
export function toWireEvent(event: ClusterEvent): WireEvent {
  return {
    uid: event.uid,
    name: event.name,
    namespace: event.namespace,
    type: event.type,
    reason: event.reason,
    message: cutMiddle(event.message, LONGEST_MESSAGE),
    action: event.action,
    count: event.count,
    source: { component: event.source.component, host: event.source.host },
    involvedObject: toWireRef(event.involvedObject),
    related: event.related.kind === "" && event.related.name === "" ? null : toWireRef(event.related),
    firstSeen: toTime(event.firstSeenAt),
    lastSeen: toTime(event.lastSeenAt),
    metadata: { labels: event.labels, annotations: event.annotations },
  };
}

/** An event as records have it: with labels, annotations and owner of its object, where they are known. */
export function toRecordEvent(event: ClusterEvent): WireEvent {
  const plain = toWireEvent(event);
  const { labels, annotations, owner } = event.involvedObject;
  const known = {
    ...(isEmpty(labels) ? {} : { labels }),
    ...(isEmpty(annotations) ? {} : { annotations }),
    ...(owner.kind === "" ? {} : { owner: { kind: owner.kind, name: owner.name } }),
  };
  return isEmpty(known) ? plain : { ...plain, involvedObject: { ...plain.involvedObject, ...known } };
}

function isEmpty(mapping: object): boolean {
  for (const _ in mapping) return false;
  return true;
}

/** A member of an alert as receivers get it. @param over As in `NotifiedObject`. */
export function toWireObject(member: Member, over?: NotifiedObject["over"]): NotifiedObject {
  return {
    ...(over === undefined ? {} : { over }),
    kind: member.kind,
    namespace: member.namespace,
    name: member.name,
    container: member.container,
    occurrences: member.occurrences,
    firstSeen: toTime(member.firstSeenAt),
    lastSeen: toTime(member.lastSeenAt),
    message: member.message,
  };
}

/** The RFC 3339 text of a time in epoch milliseconds; a time outside of JavaScript's range becomes 1970-01-01. */
export function toTime(ms: number): string {
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString();
}

function toWireRef(ref: ObjectRef): WireRef {
  const { kind, apiVersion, namespace, name, uid, fieldPath, container } = ref;
  return { kind, apiVersion, namespace, name, uid, fieldPath, container };
}
