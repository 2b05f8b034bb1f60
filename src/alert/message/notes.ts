import { counted } from "../../lib/counted.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { NotifyReason } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { FLAPPING_TEXT } from "./wording.ts";

/** The occasion of the remarks beside the text of a message. */
interface NotesOccasion {
  readonly decision: Pick<NotifyReason, "trigger">;
  /** The alerts that fire, or that have ended with their group. */
  readonly alerts: readonly AlertState[];
  /** Whether the state of the objects says that the problem of each of them goes on. */
  readonly isConfirmed: boolean;
  /** Objects of these alerts whose state nobody has looked at for this message, beside those that it knows. */
  readonly unverified: number;
  /** The note about alerts that ended meanwhile; "" for none. */
  readonly ended: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The remarks beside the text of a message, one on each line. */
export function notesOf({ decision, alerts, isConfirmed, unverified, ended, now }: NotesOccasion): string {
  const notes = [
    decision.trigger === "flapping" ? FLAPPING_TEXT : "",
    ...alerts.slice(0, 1).map((alert) => comingsNote(alert, now)),
    unwatchedNote(alerts),
    isConfirmed ? `Still so according to ${alerts.length === 1 ? "its" : "their"} status.` : "",
    unverifiedNote(unverified),
    ended,
  ];
  return notes.filter((note) => note !== "").join("\n");
}

/** `Without a watch for 40 min of that time, so this comes that much later.` "" for alerts that are over, or about what occurred. */
function unwatchedNote(alerts: readonly AlertState[]): string {
  const longestMs = Math.max(
    0,
    ...alerts.map(({ phase, unwatchedMs = 0 }) => (phase === "resolved" ? 0 : unwatchedMs)),
  );
  if (longestMs === 0) return "";
  return `Without a watch for ${formatDuration(longestMs)} of that time, so this comes that much later.`;
}

/** `20 further objects were not looked at for this message.` "" for none. */
function unverifiedNote(count: number): string {
  if (count === 0) return "";
  return `${counted(count, "further object")} ${count === 1 ? "was" : "were"} not looked at for this message.`;
}

/** `It comes and goes: 7 times in 40 min, the longest 45 s.` */
function comingsNote({ comings, phase }: AlertState, now: number): string {
  if (comings === undefined || phase === "resolved") return "";
  const { times, since, longestMs } = comings;
  return `It comes and goes: ${times} times in ${formatDuration(now - since)}, the longest ${formatDuration(longestMs)}.`;
}
