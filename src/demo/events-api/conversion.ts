import type { CoreEvent, Metadata, Reference } from "./core-event.ts";

/** An Event in `events.k8s.io/v1` form, keys in the server's order (kubernetes pkg/apis/events/v1/conversion.go). */
export interface NewStyleEvent {
  readonly metadata: Metadata;
  readonly eventTime: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string | null };
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly regarding: Reference;
  readonly related?: Reference;
  readonly note?: string;
  readonly type?: string;
  readonly deprecatedSource: { readonly component?: string; readonly host?: string };
  readonly deprecatedFirstTimestamp: string | null;
  readonly deprecatedLastTimestamp: string | null;
  readonly deprecatedCount?: number;
}

/** core/v1 → events.k8s.io/v1. */
export function toNewStyle(event: CoreEvent): NewStyleEvent {
  const { series } = event;
  return {
    metadata: event.metadata,
    eventTime: event.eventTime,
    ...(series === undefined
      ? {}
      : { series: { count: series.count ?? 0, lastObservedTime: series.lastObservedTime } }),
    ...(event.reportingComponent === "" ? {} : { reportingController: event.reportingComponent }),
    ...(event.reportingInstance === "" ? {} : { reportingInstance: event.reportingInstance }),
    ...(event.action === undefined ? {} : { action: event.action }),
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    regarding: event.involvedObject,
    ...(event.related === undefined ? {} : { related: event.related }),
    ...(event.message === undefined ? {} : { note: event.message }),
    ...(event.type === undefined ? {} : { type: event.type }),
    deprecatedSource: event.source,
    deprecatedFirstTimestamp: event.firstTimestamp,
    deprecatedLastTimestamp: event.lastTimestamp,
    ...(event.count === undefined ? {} : { deprecatedCount: event.count }),
  };
}

/** Fields of `events.k8s.io/v1` with another spelling in core/v1. */
const CORE_SPELLING: Readonly<Record<string, string>> = {
  regarding: "involvedObject",
  note: "message",
  reportingController: "reportingComponent",
  deprecatedSource: "source",
  deprecatedFirstTimestamp: "firstTimestamp",
  deprecatedLastTimestamp: "lastTimestamp",
  deprecatedCount: "count",
};

const CORE_ONLY = new Set(Object.values(CORE_SPELLING));

/** events.k8s.io/v1 → core/v1 by renaming alone; fields that only core/v1 knows are dropped. Nothing is checked yet. */
export function toCoreSpelling(raw: object): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (!CORE_ONLY.has(key)) renamed[CORE_SPELLING[key] ?? key] = value;
  }
  return renamed;
}
