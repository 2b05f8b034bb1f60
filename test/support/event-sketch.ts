import type { ClusterEvent, RawEvent } from "../../src/event/index.ts";

/** 10:00 of the day on which all stories of these tests take place. */
export const START = Date.parse("2026-06-01T10:00:00Z");

export const SECOND = 1000;

/** The fields of an event that a test gives; the others are as a kubelet would write them. */
export interface EventSketch {
  /** `test` unless told otherwise. */
  readonly cluster?: string;
  readonly reason: string;
  readonly type?: string;
  readonly message?: string;
  /** `namespace/Kind/name`, `/Kind/name` without a namespace. */
  readonly object?: string;
  /** Of the object. */
  readonly apiVersion?: string;
  readonly container?: string;
  readonly component?: string;
  readonly host?: string;
  readonly count?: number;
  readonly series?: boolean;
  /** Name of the Event; a new one for each sketch else. */
  readonly name?: string;
  readonly uid?: string;
  /** Of the involved object; most writers give it. */
  readonly objectUid?: string;
  /** Seconds from the start; the moment of feeding else. */
  readonly lastSeen?: number;
  readonly firstSeen?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Nearest first. */
  readonly owners?: readonly string[];
  readonly node?: string;
  readonly via?: "watch" | "list";
  readonly history?: boolean;
}

/** When and after what an Event is written. */
export interface SketchContext {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Its resourceVersion. */
  readonly version: number;
  /** Finds the state of an Event before, by `namespace/name`. */
  readonly before: (name: string) => Pick<ClusterEvent, "firstSeenAt" | "uid" | "count"> | undefined;
}

/** The Event as a writer would send it; the same name again raises its count by one. */
export function toRawEvent(sketch: EventSketch, context: SketchContext): RawEvent {
  const [namespace = "", kind = "", name = ""] = (sketch.object ?? "shop/Pod/web-1").split("/");
  const version = String(context.version);
  const lastSeen = sketch.lastSeen === undefined ? context.now : START + sketch.lastSeen * SECOND;
  const eventName = sketch.name ?? `${name}.${version}`;
  const before = context.before(`${namespace || "default"}/${eventName}`);
  const firstSeen =
    sketch.firstSeen === undefined ? (before?.firstSeenAt ?? lastSeen) : START + sketch.firstSeen * SECOND;
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    metadata: {
      name: eventName,
      namespace: namespace || "default",
      uid: sketch.uid ?? before?.uid ?? `uid-${version}`,
      resourceVersion: version,
      creationTimestamp: iso(firstSeen),
      annotations: sketch.annotations ?? {},
    },
    involvedObject: {
      kind,
      namespace,
      name,
      ...(sketch.apiVersion === undefined ? {} : { apiVersion: sketch.apiVersion }),
      ...(sketch.objectUid === undefined ? {} : { uid: sketch.objectUid }),
      ...(sketch.container === undefined ? {} : { fieldPath: `spec.containers{${sketch.container}}` }),
    },
    reason: sketch.reason,
    message: sketch.message ?? `${sketch.reason} of ${name}`,
    type: sketch.type ?? "Warning",
    source: { component: sketch.component ?? "kubelet", host: sketch.host ?? "node-1" },
    firstTimestamp: iso(firstSeen),
    lastTimestamp: iso(lastSeen),
    count: sketch.count ?? (before?.count ?? 0) + 1,
    ...(sketch.series === true
      ? { series: { count: sketch.count ?? 2, lastObservedTime: iso(lastSeen) } }
      : {}),
  };
}
