import type { Fact } from "../alert/index.ts";
import type { ObjectKey, RawEvent } from "../event/index.ts";
import { isMapping } from "../lib/mapping.ts";
import { readObjectState } from "../object/index.ts";

/** A state of an Event, and its time. */
export interface RecordedEvent {
  readonly raw: RawEvent;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The state of another object from a moment on, as a look-up would have found it. */
export interface RecordedState {
  readonly object: Omit<ObjectKey, "cluster">;
  readonly found: Fact["found"];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One line of a recording. */
export type Recorded = RecordedEvent | RecordedState;

/** Reads the object of a line. @returns Undefined when it does not name one. */
export function readRecordedState(
  { kind, metadata, ...rest }: Readonly<Record<string, unknown>>,
  isGone: boolean,
): Omit<RecordedState, "at"> | undefined {
  if (typeof kind !== "string" || !isMapping(metadata)) return undefined;
  const { name, namespace = "" } = metadata;
  if (typeof name !== "string" || typeof namespace !== "string") return undefined;
  const found = isGone ? "gone" : (readObjectState(kind, { ...rest, metadata }) ?? "unknown");
  return { object: { kind, namespace, name }, found };
}
