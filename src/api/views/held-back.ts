import type { HeldBackBy } from "../../explain/index.ts";
import { formatDuration } from "../../lib/duration.ts";
import { causeText } from "./cause-text.ts";

/** The reason in words: `threshold 1 of 3`, `for 2 min`, `mute weekend until 2026-06-01T08:00Z`. */
export function heldBackText(held: HeldBackBy): string {
  if (held.reason === "threshold") {
    const objects = held.counts === "objects" ? " different objects" : "";
    return `threshold ${held.has} of ${held.needs}${objects}`;
  }
  if (held.reason === "for") return `for ${formatDuration(held.ms)}`;
  if (held.reason === "min_severity") return `minSeverity of sink ${held.sink} (this is ${held.severity})`;
  if (held.reason === "failed") return held.error;
  if (held.cause !== undefined) return `${held.reason} ${held.by}: ${causeText(held.cause)}`;
  return `${held.reason} ${held.by}${held.until === undefined ? "" : ` until ${toMinute(held.until)}`}`;
}

/** `2026-06-01T08:00Z`. @param at Epoch milliseconds. */
function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
