import type { ClusterEvent, RawEvent } from "../event/index.ts";
import { readHandwritten } from "../explain/index.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { isMapping } from "../lib/mapping.ts";
import { eventsOf, wholeText } from "../simulate/index.ts";

/** The content of a text. */
export interface EventInput {
  /** 1 or more; of which cluster is not known. */
  readonly events: readonly ClusterEvent[];
  /** The same Events as they were written. */
  readonly raws: readonly RawEvent[];
  /** Whether the text was one Event and nothing around it. */
  readonly isSingle: boolean;
}

/**
 * Parses the Events in a text; `eventsOf` says what it may hold.
 *
 * @throws {TocsinError} ERR_USAGE naming the first value that is no Event, or when there is none at all.
 */
export async function parseEvents(text: string): Promise<EventInput> {
  const found: { readonly event: ClusterEvent; readonly raw: RawEvent; readonly isAlone: boolean }[] = [];
  for await (const each of eventsOf(wholeText(text))) {
    if ("error" in each) throw new TocsinError("ERR_USAGE", `${each.place} ${each.error}`);
    if ("object" in each) continue;
    const { raw, place, isAlone } = each;
    found.push({ raw, isAlone, event: toEvent(raw, place) });
  }
  if (found.length === 0) throw new TocsinError("ERR_USAGE", "there is no Event in the input");
  return {
    events: found.map(({ event }) => event),
    raws: found.map(({ raw }) => raw),
    isSingle: found.length === 1 && found[0]?.isAlone === true,
  };
}

/** One Event as parsed JSON, such as the API server's. @throws {TocsinError} ERR_USAGE when it is none. */
export function parseEvent(value: unknown): EventInput {
  const raw = isMapping(value) ? value : {};
  return { events: [toEvent(raw, "the answer")], raws: [raw], isSingle: true };
}

/** The parts of an Event that a command line names. */
export interface EventFlags {
  readonly reason: string;
  readonly message: string;
  /** Of the involved object. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly action: string;
  readonly component: string;
}

/** Makes an Event that nobody wrote yet. @throws {TocsinError} ERR_USAGE without a reason. */
export function describeEvent(flags: Partial<EventFlags>): EventInput {
  const { reason, message, kind, name, namespace = "", type = "Warning", action, component } = flags;
  if (reason === undefined) {
    throw new TocsinError(
      "ERR_USAGE",
      "name a file, - or NAMESPACE/EVENT, or describe the Event with --reason and others",
    );
  }
  // An Event about an object without namespace lies in `default`.
  const metadata = { name: "described", namespace: namespace === "" ? "default" : namespace };
  const involvedObject = { kind, name, namespace };
  return parseEvent({ metadata, reason, message, type, action, source: { component }, involvedObject });
}

function toEvent(raw: RawEvent, place: string): ClusterEvent {
  try {
    return readHandwritten(raw, "");
  } catch (error) {
    throw new TocsinError("ERR_USAGE", `${place}: ${errorText(error)}`, { cause: error });
  }
}
