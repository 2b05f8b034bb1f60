import type { Trial as TrialData } from "../../playground/index.ts";
import type { Trial } from "../schemas/playground.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Makes the answer's form of a trial. */
export function toTrial(
  trial: TrialData,
  { now, ms, scrub }: { readonly now: number; readonly ms: number; readonly scrub: (text: string) => string },
): Trial {
  const { from, to, notifications, firing, size, faults, ...same } = trial;
  return {
    at: toInstant(now),
    ...same,
    from: toInstantOrNull(from),
    to: toInstantOrNull(to),
    notifications: notifications.map((each) => ({
      ...each,
      title: scrub(each.title),
      at: toInstant(each.at),
    })),
    firing: firing.map((each) => ({ ...each, firstSeenAt: toInstant(each.firstSeenAt) })),
    size,
    suppressed: size.suppressed,
    faults: faults.map((each) => ({ ...each, message: scrub(each.message) })),
    ms,
  };
}
