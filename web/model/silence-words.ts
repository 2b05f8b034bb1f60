import type { Silence } from "../../src/api/schemas/silence.ts";
import { patternText } from "./label-patterns.ts";
import { countOf } from "./numbers.ts";
import { spanText } from "./spans.ts";

/** `rule=crash-loop namespace=shop`. */
export function matchText({ match }: Pick<Silence, "match">): string {
  return Object.entries(match)
    .map(([label, pattern]) => `${label}=${patternText(pattern)}`)
    .join("  ");
}

/** When it ends, in words. @param now Epoch milliseconds. */
export function endText({ state, until, untilResolved, from, schedule }: Silence, now: number): string {
  if (state === "expired") return until === null ? "over" : `over for ${spanText(now - Date.parse(until))}`;
  const hours = schedule === null || schedule === undefined ? "" : ", in its hours";
  if (state === "pending" && from !== null) return `begins in ${spanText(Date.parse(from) - now)}${hours}`;
  if (untilResolved) return `until the last alert ends${hours}`;
  return until === null ? `without end${hours}` : `ends in ${spanText(Date.parse(until) - now)}${hours}`;
}

/** What it does now, in words. */
export function useText({ alerts, usedAt, state }: Silence): string {
  const now = state === "active" ? `mutes ${countOf(alerts, "alert")} now` : "";
  return [now, usedAt === null ? "never used" : ""].filter(Boolean).join(" · ");
}
