/**
 * The parts of an Event's JSON that are read, in either API's spelling. `normalise` is the edge: nothing before it
 * trusts a field to be there or to have its type.
 */
export interface RawEvent {
  readonly metadata?: RawMetadata | null;
  readonly involvedObject?: RawRef | null;
  readonly regarding?: RawRef | null;
  readonly related?: RawRef | null;
  readonly reason?: unknown;
  readonly action?: unknown;
  readonly message?: unknown;
  readonly note?: unknown;
  readonly type?: unknown;
  readonly source?: RawSource | null;
  readonly deprecatedSource?: RawSource | null;
  readonly reportingComponent?: unknown;
  readonly reportingController?: unknown;
  readonly reportingInstance?: unknown;
  readonly count?: unknown;
  readonly deprecatedCount?: unknown;
  readonly series?: { readonly count?: unknown; readonly lastObservedTime?: unknown } | null;
  readonly firstTimestamp?: unknown;
  readonly deprecatedFirstTimestamp?: unknown;
  readonly lastTimestamp?: unknown;
  readonly deprecatedLastTimestamp?: unknown;
  readonly eventTime?: unknown;
}

/** Of the Event itself. */
export interface RawMetadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly uid?: unknown;
  readonly resourceVersion?: unknown;
  readonly creationTimestamp?: unknown;
  readonly labels?: unknown;
  readonly annotations?: unknown;
}

/** An ObjectReference. */
export interface RawRef {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly namespace?: unknown;
  readonly name?: unknown;
  readonly uid?: unknown;
  readonly fieldPath?: unknown;
}

/** An EventSource. */
export interface RawSource {
  readonly component?: unknown;
  readonly host?: unknown;
}
