import { normalise, type RawEvent } from "../event/index.ts";
import { errorText } from "../lib/errors.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { eventsOf } from "./events-of.ts";

/** A state of an Event, and its time. */
export interface Recorded {
  readonly raw: RawEvent;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** States without a time of receipt are sorted within this many: more than nearly any list of Events. */
const SORTED_AT_ONCE = 100_000;

/**
 * Reads the Events of a recording in the order of their arrival; `eventsOf` says what a text may hold.
 *
 * Without `receivedAt` the time of a state is the last time by its writer; the list at the start of a watch, which is
 * in the order of names, is sorted.
 *
 * @param onFinding Called for every value that is no Event; reading goes on.
 */
export async function* readRecording(
  file: string,
  chunks: AsyncIterable<string>,
  onFinding: (finding: Finding) => void,
): AsyncGenerator<Recorded> {
  const complain = (line: number, message: string): void =>
    onFinding({ ...errorIn(file, message), line, column: 1 });
  let latest = -Infinity;
  for await (const { raw, at } of inOrder(statesOf(chunks, complain))) {
    latest = Math.max(latest, at);
    yield { raw, at: latest };
  }
}

/** The Events of a text, as in `readRecording`. */
export async function readEvents(
  file: string,
  text: string,
  onFinding: (finding: Finding) => void,
): Promise<readonly Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of readRecording(file, wholeText(text), onFinding)) events.push(event);
  return events;
}

/** A text as the chunks that readers take. */
export async function* wholeText(text: string): AsyncGenerator<string> {
  yield text;
}

/** A state that may have its time of receipt. */
interface State extends Recorded {
  readonly isReceipt: boolean;
}

async function* statesOf(
  chunks: AsyncIterable<string>,
  complain: (line: number, message: string) => void,
): AsyncGenerator<State> {
  let version = 0;
  for await (const found of eventsOf(chunks)) {
    if ("error" in found) {
      complain(found.line, found.error);
      continue;
    }
    const { line, receivedAt, raw: written } = found;
    const { metadata } = written;
    const isVersioned = metadata?.resourceVersion !== undefined;
    // An Event written by hand has none.
    const raw = isVersioned
      ? written
      : { ...written, metadata: { ...metadata, resourceVersion: String(++version) } };
    try {
      const at = receivedAt ?? normalise(raw, "").lastSeenAt;
      yield { raw, at, isReceipt: receivedAt !== undefined };
    } catch (error) {
      complain(line, errorText(error));
    }
  }
}

/** States with a time of receipt come in order; the others are sorted as far as memory should reach. */
async function* inOrder(states: AsyncIterable<State>): AsyncGenerator<State> {
  let waiting: State[] = [];
  for await (const state of states) {
    if (state.isReceipt && waiting.length === 0) {
      yield state;
      continue;
    }
    waiting.push(state);
    if (waiting.length < 2 * SORTED_AT_ONCE) continue;
    waiting.sort(byTime);
    yield* waiting.slice(0, SORTED_AT_ONCE);
    waiting = waiting.slice(SORTED_AT_ONCE);
  }
  yield* waiting.sort(byTime);
}

function byTime(a: State, b: State): number {
  return a.at - b.at;
}
