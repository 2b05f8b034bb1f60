import type { HeldByCause, Hold } from "../hold.ts";

/** The cause behind a hold, and why it holds the alert back now; undefined when no cause holds it. */
export function heldByCause({
  inhibition,
  until,
}: Pick<Hold, "inhibition" | "until">): HeldByCause | undefined {
  const [fingerprint] = inhibition?.sources ?? [];
  if (inhibition === undefined || fingerprint === undefined) return undefined;
  return {
    fingerprint,
    name: inhibition.cause,
    others: inhibition.sources.length - 1,
    standing: standingOf(inhibition.until, until),
    endedAt: inhibition.endedAt ?? inhibition.until,
  };
}

/** @param causeUntil Until when the cause holds back. @param until When the hold ends by itself. */
function standingOf(causeUntil: number | undefined, until: number | undefined): HeldByCause["standing"] {
  if (causeUntil === undefined) return "lasts";
  return until === undefined ? "not-again" : "late";
}
