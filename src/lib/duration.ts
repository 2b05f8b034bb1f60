import { z } from "zod";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** A year of 366 days: a longer duration is a slip of the keyboard. */
const LONGEST_MS = 366 * 86_400_000;

/** The form that users write, for editors and descriptions. */
export const WRITTEN_DURATION = /^(0|([0-9]+(ms|s|m|h|d))+)$/;

const EXAMPLES = "250ms, 30s, 5m, 1h30m or 7d";

/** Parses `250ms`, `30s`, `1h30m`, `7d` or `0` to milliseconds; undefined for anything else, also a bare number. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:ms|s|m|h|d))+$/u.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/gu)) {
    total += Number(amount) * (UNITS.get(unit ?? "") ?? 0);
  }
  return total <= LONGEST_MS ? total : undefined;
}

/** A duration as users write it; milliseconds once parsed. */
export const Duration = z
  .union([z.string().meta({ pattern: WRITTEN_DURATION.source }), z.literal(0)], {
    error: ({ input }) =>
      typeof input === "number"
        ? `a duration needs a unit: write ${input}s or ${input}m, not ${input}`
        : input === undefined
          ? undefined
          : `not a duration (write ${EXAMPLES})`,
  })
  .transform((value, context) => {
    const ms = parseDuration(String(value));
    if (ms !== undefined) return ms;
    context.addIssue({
      code: "custom",
      message: `not a duration: ${JSON.stringify(value)} (write ${EXAMPLES})`,
    });
    return z.NEVER;
  });

/** A duration longer than 0. */
export const PositiveDuration = Duration.refine((ms) => ms > 0, { message: "must be longer than 0" });

/** A duration of at least this length. @param why The harm that a shorter one would do, for people. */
export function durationOf(leastMs: number, why: string): typeof Duration {
  const isLong = (ms: number): boolean => ms >= leastMs;
  return Duration.refine(isLong, { error: `shorter than ${toDurationText(leastMs)}: ${why}` });
}

/** For people, in at most two units: `2 h 5 min`, `45 s`, `3 d`. Negative input counts as 0. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [large, small] = [
    [86_400, "d", 3600, "h"] as const,
    [3600, "h", 60, "min"] as const,
    [60, "min", 1, "s"] as const,
  ].flatMap(([size, unit, rest, restUnit]) => {
    if (seconds < size) return [];
    const remainder = Math.floor((seconds % size) / rest);
    return [`${Math.floor(seconds / size)} ${unit}`, remainder === 0 ? "" : ` ${remainder} ${restUnit}`];
  });
  return large === undefined ? `${seconds} s` : `${large}${small ?? ""}`;
}

/** As in a configuration file: `1h30m`; the inverse of `parseDuration`. */
export function toDurationText(ms: number): string {
  if (ms === 0) return "0s";
  let rest = ms;
  let text = "";
  for (const [unit, size] of [...UNITS].toReversed()) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}
