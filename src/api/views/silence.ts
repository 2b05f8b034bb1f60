import { type AlertState, type Silence as SilenceData, standingOf } from "../../alert/index.ts";
import type { Silence } from "../schemas/silence.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Makes the answer's form of a silence. @param firing The alerts that fire now. */
export function toSilenceView(silence: SilenceData, firing: readonly AlertState[], now: number): Silence {
  const { id, origin, match, from, until, untilResolved, schedule, author, comment, createdAt, usedAt } =
    silence;
  return {
    id,
    origin,
    match,
    from: from === 0 ? null : toInstant(from),
    until: toInstantOrNull(until),
    untilResolved,
    schedule: schedule ?? null,
    author,
    comment,
    createdAt: createdAt === 0 ? null : toInstant(createdAt),
    usedAt: toInstantOrNull(usedAt),
    ...standingOf(silence, firing, now),
  };
}
