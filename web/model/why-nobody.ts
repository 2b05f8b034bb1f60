import type { Trial } from "../../src/api/schemas/playground.ts";

/** Why tried rules would have notified nobody, and what to look at. */
export function whyNobody({
  events,
  matched,
  perRule,
}: Pick<Trial, "events" | "matched" | "perRule">): string {
  if (events === 0) return "Nobody: there was no Event in the last hour.";
  if (matched === 0)
    return "Nobody: no Event matches. Why? lists the Events of the hour with their reasons and kinds.";
  const fired = Object.values(perRule).some(({ alerts }) => alerts > 0);
  if (fired)
    return "Nobody: what fired was held back, ended before its message was due, waits for it, or has no sink.";
  return "Nobody: Events match, but no alert fires. Look at threshold and for.";
}
