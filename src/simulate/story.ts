import { ObjectKey, type RawEvent } from "../event/index.ts";
import { readObjectState } from "../object/index.ts";
import { bodyOfState } from "./body-of-state.ts";
import type { EventSpec, ObjectSpec } from "./test-spec.ts";
import { VirtualObjects } from "./virtual-objects.ts";

/** One state of an Event, at its moment. */
export interface Moment {
  /** Milliseconds from the start of the story. */
  readonly at: number;
  readonly raw: RawEvent;
  /** Owner of the object; undefined: the story names none. */
  readonly ownership: { readonly object: Omit<ObjectKey, "cluster">; readonly owner: string } | undefined;
}

/** A story of more states is a slip: `every: 1ms`. */
export const MOST_MOMENTS = 200_000;

/** The number of states of a story; cheap. */
export function lengthOf(events: readonly EventSpec[]): number {
  return events.reduce((sum, event) => sum + timesOf(event) * namesOf(event.object).length, 0);
}

/** The states of a story in the order of time; states of one moment stay in the order of the file. */
export function momentsOf(events: readonly EventSpec[], start: number): readonly Moment[] {
  const moments = events.flatMap((event, index) =>
    namesOf(event.object).flatMap((object) =>
      Array.from({ length: timesOf(event) }, (_, time) =>
        momentOf(event, { object, name: `event-${index}-${object}`, time, start }),
      ),
    ),
  );
  return moments
    .toSorted((a, b) => a.at - b.at)
    .map((moment, index) => ({ ...moment, raw: versioned(moment.raw, index + 1) }));
}

function timesOf({ at, every, until = at }: EventSpec): number {
  return every === undefined ? 1 : Math.max(1, Math.floor((until - at) / every) + 1);
}

/** `shop/Pod/web-{1..3}` → three names. */
export function namesOf(object: string): readonly string[] {
  const [whole, from = "", to = ""] = /\{(\d{1,6})\.\.(\d{1,6})\}/u.exec(object) ?? [];
  if (whole === undefined) return [object];
  const [first, last] = [Number(from), Number(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    object.replace(whole, String(first + index)),
  );
}

function momentOf(
  event: EventSpec,
  one: { readonly object: string; readonly name: string; readonly time: number; readonly start: number },
): Moment {
  const [namespace = "", kind = "", name = ""] = one.object.split("/");
  const at = event.at + one.time * (event.every ?? 0);
  const count = event.count + one.time;
  const firstTimestamp = new Date(one.start + event.at).toISOString();
  const lastTimestamp = new Date(one.start + at).toISOString();
  const { container, reason, type, message, action, annotations, owner } = event;
  return {
    at,
    ownership: owner === undefined ? undefined : { object: { kind, namespace, name }, owner },
    raw: {
      metadata: {
        name: one.name,
        // Namespace of Events about objects without one.
        namespace: namespace === "" ? "default" : namespace,
        uid: one.name,
        creationTimestamp: firstTimestamp,
        annotations,
      },
      involvedObject: {
        kind,
        namespace,
        name,
        ...(container === "" ? {} : { fieldPath: `spec.containers{${container}}` }),
      },
      related: relatedOf(event),
      reason,
      type,
      message,
      action,
      source: typeof event.source === "string" ? { component: event.source } : event.source,
      firstTimestamp,
      lastTimestamp,
      count,
      ...(event.series ? { series: { count, lastObservedTime: lastTimestamp } } : {}),
    },
  };
}

function relatedOf({ related }: EventSpec): NonNullable<RawEvent["related"]> | null {
  if (related === undefined) return null;
  const [namespace = "", kind = "", name = ""] = related.split("/");
  return { kind, namespace, name };
}

function versioned(raw: RawEvent, version: number): RawEvent {
  return { ...raw, metadata: { ...raw.metadata, resourceVersion: String(version) } };
}

/** The states of a story. @param cluster Of its objects. @param start Of the story, epoch milliseconds. */
export function objectsOf(specs: readonly ObjectSpec[], cluster: string, start: number): VirtualObjects {
  const objects = new VirtualObjects();
  for (const { object, at, uid, state } of specs) {
    for (const each of namesOf(object)) {
      const [namespace = "", kind = "", name = ""] = each.split("/");
      const place = { kind, name, uid: uid ?? `${name}-uid`, start, at: start + at };
      const found =
        state === "gone" ? "gone" : (readObjectState(kind, bodyOfState(state, place)) ?? "unknown");
      objects.set(ObjectKey.format({ cluster, kind, namespace, name }), start + at, found);
    }
  }
  return objects;
}
