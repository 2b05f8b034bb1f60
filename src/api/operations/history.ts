import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { Severity } from "../../lib/severity.ts";
import { encodeCursor } from "../paging.ts";
import { HistoryPage, Strip, WholeEndedAlert } from "../schemas/ended-alert.ts";
import { filter, PAGING, Since } from "../schemas/fields.ts";
import { toEndedAlert, toWholeEndedAlert } from "../views/ended-alert.ts";
import { toInstant, toInstantOrNull } from "../views/instant.ts";
import { toStrip } from "../views/strip.ts";
import { defineOperation, NO_QUERY } from "./operation.ts";

const HALF_HOUR_MS = 30 * 60_000;
const HOUR_MS = 60 * 60_000;

/** Steps of a strip. Activity is counted in half hours; all divide a day, so that steps begin alike each day. */
const STEPS = {
  "30m": HALF_HOUR_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "3h": 3 * HOUR_MS,
  "6h": 6 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": 24 * HOUR_MS,
} as const;

/** Steps of an answer at most: a week of half hours. */
const MOST_STEPS = 336;

/** `GET /history`. */
export const listHistory = defineOperation({
  operationId: "listHistory",
  method: "get",
  path: "/history",
  summary: "Alerts that are over",
  description:
    "Also those that ended before anybody was told. Kept as `state.historyFor` says, at most 200,000; those that never fired for seven days.",
  query: strict({
    since: Since.prefault("24h").describe(
      "Alerts that ended then or later: a duration back from now such as `1h`, or an RFC 3339 time.",
    ),
    until: Since.optional().describe("Only those that were first seen before."),
    q: filter(
      "A part of the title, a label, the fingerprint, the name of an object or the begin of the text, whatever the case.",
    ),
    rule: filter("The name of a rule, also of a removed one."),
    namespace: filter("The alert's label `namespace`."),
    severity: Severity.optional().describe("Exactly this severity."),
    fingerprint: filter("Of an alert: each of its ends."),
    which: z
      .enum(["all", "fired", "told", "untold"])
      .default("all")
      .describe("Those that fired, that somebody was told of, or that nobody was told of."),
    ...PAGING,
  }),
  answer: HistoryPage,
  answerTo: async ({ queries, clock }, { query }) => {
    const { since, until, q, which, limit, cursor, ...filters } = query;
    const now = clock.now();
    const { history: keptSince } = await queries.kept();
    const page = await queries.history({
      ...filters,
      since: timeOf(since, now),
      before: until && timeOf(until, now),
      text: q,
      which: which === "all" ? undefined : which,
      limit,
      after: cursor,
    });
    return {
      at: toInstant(now),
      items: page.rows.map(toEndedAlert),
      next: page.next === undefined ? null : encodeCursor(page.next),
      keptSince: toInstantOrNull(keptSince),
    };
  },
});

/** `GET /history/{id}`. */
export const getEndedAlert = defineOperation({
  operationId: "getEndedAlert",
  method: "get",
  path: "/history/{id}",
  summary: "One alert that is over, whole",
  query: NO_QUERY,
  answer: WholeEndedAlert,
  refusals: [404],
  answerTo: async ({ queries }, { id }) => {
    const row = await queries.ended(id);
    return row === undefined
      ? { refused: 404, message: "there is no such alert in the history" }
      : toWholeEndedAlert(row);
  },
});

/** `GET /history/strip`. */
export const getStrip = defineOperation({
  operationId: "getStrip",
  method: "get",
  path: "/history/strip",
  summary: "The activity of the rules over time",
  description: `At most ${MOST_STEPS} steps: a longer time has longer steps than asked for. The last step is not over yet.`,
  query: strict({
    since: Since.prefault("24h").describe("A duration back from now such as `7d`, or an RFC 3339 time."),
    step: z
      .enum(["30m", "1h", "2h", "3h", "6h", "12h", "1d"])
      .default("30m")
      .describe("The length of a step."),
  }),
  answer: Strip,
  answerTo: async ({ queries, clock }, { query: { since, step } }) => {
    const now = clock.now();
    const span = spanOf({ since: timeOf(since, now), now, leastMs: STEPS[step] });
    const rows = await queries.activity(span);
    const { activity: keptSince } = await queries.kept();
    return { at: toInstant(now), ...toStrip(rows, span), keptSince: toInstantOrNull(keptSince) };
  },
});

function timeOf(time: Since, now: number): number {
  return "at" in time ? time.at : now - time.agoMs;
}

/** The steps of a strip: of the asked length, or the first longer one with which they are few enough. */
function spanOf({
  since,
  now,
  leastMs,
}: {
  readonly since: number;
  readonly now: number;
  readonly leastMs: number;
}): { readonly from: number; readonly stepMs: number; readonly steps: number } {
  const last = (stepMs: number): number => Math.floor(now / stepMs);
  const countOf = (stepMs: number): number => Math.max(1, last(stepMs) - Math.floor(since / stepMs) + 1);
  const longer = Object.values(STEPS).filter((stepMs) => stepMs >= leastMs);
  const stepMs = longer.find((each) => countOf(each) <= MOST_STEPS) ?? STEPS["1d"];
  const steps = Math.min(countOf(stepMs), MOST_STEPS);
  return { from: (last(stepMs) - steps + 1) * stepMs, stepMs, steps };
}
