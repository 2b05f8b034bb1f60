import { type ClusterEvent, normalise, type Observation, type RawEvent } from "../event/index.ts";
import { cutMiddle } from "../lib/cut-middle.ts";

/** The longest line that the ring takes as it came, bytes. Real Events have 500 to 2000. */
export const LONGEST_LINE = 16 * 1024;

/** As receivers get it. */
const LONGEST_MESSAGE = 8192;

/** A line that a watch gave, or one of a list in the same form. */
interface WatchedLine {
  readonly type: "ADDED" | "MODIFIED";
  readonly object: RawEvent;
}

/** An Event that was too long, in its normalised form without labels and annotations. */
interface CutLine {
  readonly type: "CUT";
  readonly event: ClusterEvent;
}

/** The JSON of an Event for the ring, cut if it is long; undefined for an observation that is no valid Event. */
export function writeEventLine({ head, raw }: Observation): Buffer | undefined {
  const whole = Buffer.from(JSON.stringify({ type: "ADDED", object: raw } satisfies WatchedLine));
  if (whole.length <= LONGEST_LINE) return whole;
  try {
    const event = normalise(raw, head.cluster);
    const message = cutMiddle(event.message, LONGEST_MESSAGE);
    const cut: CutLine = { type: "CUT", event: { ...event, message, labels: {}, annotations: {} } };
    return Buffer.from(JSON.stringify(cut));
  } catch {
    return undefined;
  }
}

/** Reads a line of the ring; undefined for one that is no valid Event. */
export function readEventLine(text: string, cluster: string): ClusterEvent | undefined {
  try {
    // The ring holds lines that the reader of the watch took for JSON of this form, and its own.
    const line = JSON.parse(text) as WatchedLine | CutLine;
    return line.type === "CUT" ? line.event : normalise(line.object, cluster);
  } catch {
    return undefined;
  }
}

/** Whether an Event was too long, so that this line has not the form of a watch. */
export function isCutLine(text: string): boolean {
  return text.startsWith('{"type":"CUT"');
}
