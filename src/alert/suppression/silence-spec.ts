import { z } from "zod";

import { checkRest } from "../../lib/check-rest.ts";
import { Duration } from "../../lib/duration.ts";
import { type Fault, strict, whenRight } from "../../lib/schema.ts";
import type { KnownLabels } from "../matching/fault-of-value.ts";
import { compileLabelMatch, LabelPattern } from "../matching/label-match.ts";
import { TimeIntervalSpec } from "../matching/time-interval-spec.ts";
import { MOST_SILENCES, type Silence } from "../silence.ts";

const DAY = 86_400_000;

/** Longest silence; for longer times people switch the rule off. */
export const LONGEST_SILENCE_MS = 30 * DAY;

const Instant = z.iso
  .datetime({ offset: true, error: "not a time; write 2026-12-01T20:00:00Z" })
  .transform((text) => Date.parse(text));

const WORDS = {
  match: z
    .record(z.string(), LabelPattern)
    .describe("label → pattern, all must hold; at least one must not hold for an empty value"),
  from: Instant.optional().describe("when it begins; now when left out"),
  until: Instant.optional().describe("when it is over, at most 30 days after it began"),
  untilResolved: z
    .boolean()
    .optional()
    .describe("instead of `until`: ends with the last alert that it matches"),
  schedule: TimeIntervalSpec.optional().describe(
    "instead of `until`, or with it: holds in these hours, as in `timeIntervals`",
  ),
  comment: z.string().trim().min(1, { error: "empty: say why" }).max(1000).describe("why"),
};

/** The schema of a silence in the configuration. */
export const ConfiguredSilence = strict({
  name: z.string().min(1).max(100).describe("unique among the silences of this file"),
  ...WORDS,
});

/** The schema of a request for a silence, as the API takes it. */
export const RequestedSilence = strict({
  ...WORDS,
  for: Duration.optional().describe("instead of `until`: how long, at most 30 days"),
  author: z.string().trim().min(1, { error: "empty: say who" }).max(200).describe("who"),
}).refine((asked) => asked.for === undefined || (asked.until === undefined && asked.untilResolved !== true), {
  path: ["for"],
  error: "stands instead of until and untilResolved: leave one of them out",
  ...whenRight("for", "until", "untilResolved"),
});
export type RequestedSilence = z.infer<typeof RequestedSilence>;

type TimedText = Pick<RequestedSilence, "match" | "from" | "until" | "untilResolved" | "schedule">;

/** Compiles the silences of a configuration, and reports every fault and warning. */
export function compileSilences(
  specs: readonly unknown[],
  labels: KnownLabels,
  path: readonly (string | number)[],
): { readonly silences: readonly Silence[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const silences = new Map<string, Silence>();
  for (const [index, spec] of specs.entries()) {
    const at = [...path, index];
    const {
      rest,
      faults: ofShape,
      further,
    } = checkRest(ConfiguredSilence, spec, {
      base: at,
      standIns: { name: `\u0000${index}`, match: {}, comment: "-" },
    });
    faults.push(...ofShape);
    if (rest === undefined) continue;
    const id = `config/${rest.name}`;
    const message = `another silence is called "${rest.name}" already`;
    const ofName: Fault[] = silences.has(id) ? [{ level: "error", path: [...at, "name"], message }] : [];
    faults.push(...further([...faultsOfSilence(rest, labels, at), ...ofName]));
    silences.set(id, { ...toSilence({ ...rest, author: "configuration" }, id, 0), origin: "config" });
  }
  return { silences: [...silences.values()], faults };
}

/** The faults and warnings of a silence that has passed its schema. @param path Path of the silence in its document. */
export function faultsOfSilence(
  words: TimedText,
  labels: KnownLabels,
  path: readonly (string | number)[] = [],
): readonly Fault[] {
  const { faults, matches } = compileLabelMatch(words.match, labels, [...path, "match"]);
  const message = "silences everything: at least one pattern must not hold for an empty value";
  const isTooWide = !faults.some(({ level }) => level === "error") && matches({});
  return [
    ...faults,
    ...(isTooWide ? [{ level: "error", path: [...path, "match"], message } as const] : []),
    ...faultsOfEnd(words).map(([key, text]): Fault => ({
      level: "error",
      path: key === "" ? path : [...path, key],
      related: ["from", "until", "untilResolved", "schedule"],
      message: text,
    })),
  ];
}

/** The faults of the end of a silence, each as key ("" for the whole silence) and message. */
function faultsOfEnd({
  from,
  until,
  untilResolved = false,
  schedule,
}: TimedText): readonly (readonly [string, string])[] {
  if (until === undefined) {
    if (untilResolved || schedule !== undefined) return [];
    return [["", "no end: write until, untilResolved: true, or a schedule"]];
  }
  if (untilResolved) return [["untilResolved", "stands instead of until: leave one of them out"]];
  if (from === undefined) return [];
  if (until <= from) return [["until", `is not after it begins (${new Date(from).toISOString()})`]];
  if (schedule !== undefined || until - from <= LONGEST_SILENCE_MS) return [];
  return [["until", "is more than 30 days after from: switch the rule off instead"]];
}

/** The facts that a request for a silence is checked against. */
export interface SilenceRequest {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly labels: KnownLabels;
  /** Number of other stored silences, with those that are over. */
  readonly others: number;
}

/** Makes the silence of a request, with all of its faults and warnings, and whether the book has room for it. */
export function requestSilence(
  asked: RequestedSilence,
  { id, now, labels, others }: SilenceRequest,
): { readonly silence: Silence; readonly faults: readonly Fault[]; readonly hasRoom: boolean } {
  const silence = toSilence(asked, id, now);
  return {
    silence,
    faults: faultsOfSilence(silence, labels),
    hasRoom: others < MOST_SILENCES,
  };
}

/** The silence of a request. @param now Epoch milliseconds: its begin, when the request names none. */
export function toSilence(asked: RequestedSilence, id: string, now: number): Silence {
  const { match, from = now, untilResolved = false, schedule, comment, author } = asked;
  const until = asked.until ?? (asked.for === undefined ? undefined : from + asked.for);
  return {
    id,
    origin: "api",
    match,
    from,
    until,
    untilResolved,
    schedule,
    author,
    comment,
    createdAt: now,
    usedAt: undefined,
  };
}
