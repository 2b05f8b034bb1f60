import { normalise } from "../event/index.ts";
import { errorText } from "../lib/errors.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import type { FoundEvent, FoundState } from "./events-in.ts";
import { eventsOf } from "./events-of.ts";
import { readRecordedState, type Recorded, type RecordedEvent } from "./recorded.ts";

/** States without a time of receipt are sorted within this many: more than nearly any list of Events. */
const SORTED_AT_ONCE = 100_000;

/**
 * Reads the lines of a recording in the order of their arrival; `eventsOf` says what a text may hold.
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
  let latest = -Infinity;
  for await (const { recorded } of inOrder(statesOf(file, chunks, onFinding))) {
    latest = Math.max(latest, recorded.at);
    yield { ...recorded, at: latest };
  }
}

/** The Events of a text, as in `readRecording`; states of other objects are left out. */
export async function readEvents(
  { file, chunks }: { readonly file: string; readonly chunks: AsyncIterable<string> },
  onFinding: (finding: Finding) => void,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const each of readRecording(file, chunks, onFinding)) if ("raw" in each) events.push(each);
  return events;
}

/** A text as the chunks that readers take. */
export async function* wholeText(text: string): AsyncGenerator<string> {
  yield text;
}

/** A line that may have its time of receipt. */
interface State {
  readonly recorded: Recorded;
  readonly isReceipt: boolean;
}

async function* statesOf(
  file: string,
  chunks: AsyncIterable<string>,
  onFinding: (finding: Finding) => void,
): AsyncGenerator<State> {
  let version = 0;
  for await (const found of eventsOf(file, chunks, onFinding)) {
    try {
      if ("object" in found) yield { recorded: stateOf(found), isReceipt: true };
      else yield eventOf(found, () => String(++version));
    } catch (error) {
      const { line, place } = found;
      onFinding({ ...errorIn(file, errorText(error)), line, column: 1, path: place });
    }
  }
}

function stateOf({ object, isGone, receivedAt }: FoundState): Recorded {
  const read = readRecordedState(object, isGone);
  if (read === undefined) throw new TypeError("is the state of an object without kind and name");
  return { ...read, at: receivedAt };
}

function eventOf({ receivedAt, raw: written }: FoundEvent, newVersion: () => string): State {
  // An Event written by hand has none.
  const isVersioned = written.metadata?.resourceVersion !== undefined;
  const raw = isVersioned
    ? written
    : { ...written, metadata: { ...written.metadata, resourceVersion: newVersion() } };
  const at = receivedAt ?? normalise(raw, "").lastSeenAt;
  return { recorded: { raw, at }, isReceipt: receivedAt !== undefined };
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
  return a.recorded.at - b.recorded.at;
}
