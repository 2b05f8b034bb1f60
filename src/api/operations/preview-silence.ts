import {
  ALERT_SCHEMAS,
  type AlertState,
  type Silence,
  type SilenceStanding,
  standingOf,
} from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import type { AlertQuery, Cursor, LabelledAlert, Queries } from "../../store/index.ts";
import { allPages, encodeCursor } from "../paging.ts";
import { PAGING } from "../schemas/fields.ts";
import { type AlertRef, SilencePreview } from "../schemas/silence-preview.ts";
import { toInstant, toInstantOrNull } from "../views/instant.ts";
import { alertViews } from "./alert-views.ts";
import { defineOperation, isRefusal } from "./operation.ts";
import { SILENCE_ID, wantedSilence } from "./wanted-silence.ts";

/** Alerts whose labels are read at once. */
const PAGE = 1000;

type Matches = SilenceStanding["matches"];

/** `POST /silences/preview`. */
export const previewSilence = defineOperation({
  operationId: "previewSilence",
  method: "post",
  access: "read",
  path: "/silences/preview",
  summary: "The alerts that a silence would match now",
  description:
    "Takes the body of `POST /silences`, with the same faults and warnings, and stores nothing. The alerts are those that it would match if it held now, whenever it begins.",
  query: strict({ id: SILENCE_ID, ...PAGING }),
  body: ALERT_SCHEMAS.requested.RequestedSilence,
  answer: SilencePreview,
  refusals: [404, 409],
  answerTo: async (context, { query: { id, limit, cursor }, body, identity }) => {
    const { queries, clock } = context;
    const now = clock.now();
    const wanted = await wantedSilence(context, { id, body, identity });
    if (isRefusal(wanted)) return wanted;
    const { matches } = standingOf(wanted.silence, now);
    const matched = await matchedBy(queries, matches);
    const page = await pageOf(queries, matches, { limit, after: cursor });
    const { titleOf } = alertViews(context);
    return {
      alerts: {
        at: toInstant(now),
        items: page.alerts.map((alert) => toAlertRef(alert, titleOf(alert))),
        next: page.next === undefined ? null : encodeCursor(page.next),
      },
      firing: matched.length,
      critical: (await matchedBy(queries, matches, "critical")).length,
      firingInAll: (await queries.alertCounts())
        .filter(({ phase }) => phase === "firing")
        .reduce((sum, { alerts }) => sum + alerts, 0),
      overlaps: overlapsOf(wanted.others, matched, now),
      warnings: wanted.warnings,
    };
  },
});

/** The firing alerts that a silence matches, newest first, with their labels alone. */
async function matchedBy(
  queries: Pick<Queries, "labels">,
  matches: Matches,
  severity?: AlertQuery["severity"],
): Promise<readonly LabelledAlert[]> {
  const matched: LabelledAlert[] = [];
  const firing = allPages((after) => queries.labels({ phases: ["firing"], severity, limit: PAGE, after }));
  for await (const alerts of firing) matched.push(...alerts.filter(matches));
  return matched;
}

/** One page of these alerts. */
async function pageOf(
  queries: Pick<Queries, "labels" | "alerts" | "cursorBehind">,
  matches: Matches,
  { limit, after: start }: { readonly limit: number; readonly after: Cursor | undefined },
): Promise<{ readonly alerts: readonly AlertState[]; readonly next: Cursor | undefined }> {
  const found: string[] = [];
  const firing = allPages((after = start) => queries.labels({ phases: ["firing"], limit: PAGE, after }));
  for await (const alerts of firing) {
    found.push(...alerts.filter(matches).map(({ fingerprint }) => fingerprint));
    if (found.length > limit) break;
  }
  if (found.length === 0) return { alerts: [], next: undefined };
  const { rows } = await queries.alerts({ fingerprints: found.slice(0, limit), limit });
  const last = rows.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { alerts: rows, next: hasMore ? queries.cursorBehind(last) : undefined };
}

/** Silences that are not over and match some of these alerts. */
function overlapsOf(
  silences: readonly Silence[],
  alerts: readonly LabelledAlert[],
  now: number,
): readonly string[] {
  return silences.flatMap((silence) => {
    const { state, matches } = standingOf(silence, now);
    return state !== "expired" && alerts.some(matches) ? [silence.id] : [];
  });
}

function toAlertRef(
  { fingerprint, rule, severity, labels, occurrences, firedAt }: AlertState,
  title: string,
): AlertRef {
  return {
    fingerprint,
    rule,
    severity,
    title,
    namespace: labels["namespace"] ?? "",
    workload: labels["workload"] ?? "",
    occurrences,
    firedAt: toInstantOrNull(firedAt),
  };
}
