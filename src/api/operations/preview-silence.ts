import { ALERT_SCHEMAS, type AlertState, type SilenceStanding, standingOf } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import type { Cursor, Queries } from "../../store/index.ts";
import { allPages, encodeCursor } from "../paging.ts";
import { PAGING } from "../schemas/fields.ts";
import { type AlertRef, SilencePreview } from "../schemas/silence-preview.ts";
import { toInstant, toInstantOrNull } from "../views/instant.ts";
import { alertViews } from "./alert-views.ts";
import { defineOperation, isRefusal } from "./operation.ts";
import { reachOf } from "./silence-reach.ts";
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
  answerTo: async (context, { query: { id, limit, cursor }, body, identity, gone }) => {
    const { queries, clock } = context;
    const now = clock.now();
    const wanted = await wantedSilence(context, { id, body, identity });
    if (isRefusal(wanted)) return wanted;
    const { matches } = standingOf(wanted.silence, now);
    const reach = await reachOf(queries, matches, wanted.others, { now, gone });
    const page = await pageOf(queries, matches, { limit, after: cursor, gone });
    const { titleOf } = alertViews(context);
    return {
      alerts: {
        at: toInstant(now),
        items: page.alerts.map((alert) => toAlertRef(alert, titleOf(alert))),
        next: page.next === undefined ? null : encodeCursor(page.next),
      },
      ...reach,
      firingInAll: (await queries.alertCounts())
        .filter(({ phase }) => phase === "firing")
        .reduce((sum, { alerts }) => sum + alerts, 0),
      warnings: wanted.warnings,
    };
  },
});

/** One page of the firing alerts that a silence matches, newest first. */
async function pageOf(
  queries: Pick<Queries, "labels" | "alerts" | "cursorBehind">,
  matches: Matches,
  {
    limit,
    after: start,
    gone,
  }: { readonly limit: number; readonly after: Cursor | undefined; readonly gone: AbortSignal },
): Promise<{ readonly alerts: readonly AlertState[]; readonly next: Cursor | undefined }> {
  const found: string[] = [];
  const firing = allPages(
    (after = start) => queries.labels({ phases: ["firing"], limit: PAGE, after }),
    gone,
  );
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
