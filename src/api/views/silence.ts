import { type Silence as SilenceData, standingOf } from "../../alert/index.ts";
import type { Silence } from "../schemas/silence.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Makes the answer's form of a silence. @param alerts How many alerts that fire now it matches. */
export function toSilenceView(silence: SilenceData, alerts: number, now: number): Silence {
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
    state: standingOf(silence, now).state,
    alerts,
  };
}
