import type { ClusterEvent, RawEvent } from "../event/index.ts";
import { readHandwritten } from "../explain/index.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import { eventsOf } from "../simulate/index.ts";
import type { EventText } from "./event-text.ts";

/** The content of a text. */
export interface EventInput {
  /** Of which cluster is not known. */
  readonly events: readonly ClusterEvent[];
  /** The same Events as they were written. */
  readonly raws: readonly RawEvent[];
  /** Whether the text was one Event and nothing around it. */
  readonly isSingle: boolean;
}

/**
 * Parses the Events of a text in its order; `eventsOf` says what it may hold.
 *
 * @param onFinding Called for every value that is no Event; reading goes on.
 */
export async function parseEvents(
  { file, chunks }: EventText,
  onFinding: (finding: Finding) => void,
): Promise<EventInput> {
  const events: ClusterEvent[] = [];
  const raws: RawEvent[] = [];
  let isSingle = true;
  const complain = (finding: Finding): void => {
    isSingle = false;
    onFinding(finding);
  };
  for await (const each of eventsOf(file, chunks, complain)) {
    if ("object" in each) continue;
    try {
      events.push(readHandwritten(each.raw, ""));
      raws.push(each.raw);
    } catch (error) {
      complain({ ...errorIn(file, errorText(error)), line: each.line, column: 1, path: each.place });
    }
    isSingle &&= each.isAlone && events.length === 1;
  }
  return { events, raws, isSingle };
}

/** One Event as parsed JSON, such as the API server's. @throws {TocsinError} ERR_USAGE when it is none. */
export function parseEvent(value: unknown): EventInput {
  const raw = isMapping(value) ? value : {};
  try {
    return { events: [readHandwritten(raw, "")], raws: [raw], isSingle: true };
  } catch (error) {
    throw new TocsinError("ERR_USAGE", `the answer: ${errorText(error)}`, { cause: error });
  }
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
