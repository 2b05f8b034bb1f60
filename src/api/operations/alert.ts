import type { AlertState } from "../../alert/index.ts";
import type { ApiContext } from "../bridge.ts";
import { AlertDetail } from "../schemas/alert-detail.ts";
import { toAlertDetail } from "../views/alert-detail.ts";
import { activityOf } from "./activity.ts";
import { alertViews } from "./alert-views.ts";
import { defineOperation, NO_QUERY, type Refusal } from "./operation.ts";
import { SentReader } from "./sent-reader.ts";

/** `GET /alerts/{id}`. */
export const getAlert = defineOperation({
  operationId: "getAlert",
  method: "get",
  path: "/alerts/{id}",
  summary: "One open alert, by its fingerprint",
  description: "With the cause and the occurrences of each minute of the last hour.",
  query: NO_QUERY,
  answer: AlertDetail,
  refusals: [404],
  answerTo: async (context, { id }) => {
    const { queries, ring, configuration, clock, kept } = context;
    const alert = await findAlert(queries, id);
    if (alert === undefined) return await noSuchAlert(queries, id);
    const sent = await new SentReader(queries).read([alert]);
    // Everybody who looks at one alert shares what the Events of the hour say of it.
    const activity = await kept.read(`activity ${alert.openedAt} ${id}`, () =>
      activityOf(alert, ring(), { policy: configuration().policy, now: clock.now() }),
    );
    const { told, whole } = alertViews(context);
    return toAlertDetail(whole(alert, sent), told(alert).evidence, activity);
  },
});

/** The alert with this fingerprint; undefined when it is not tracked, or not any more. */
export async function findAlert(
  queries: ApiContext["queries"],
  fingerprint: string,
): Promise<AlertState | undefined> {
  const { rows } = await queries.alerts({ fingerprints: [fingerprint], limit: 1 });
  return rows[0];
}

/** Refuses a fingerprint of no tracked alert, and names its last end. */
export async function noSuchAlert(queries: ApiContext["queries"], fingerprint: string): Promise<Refusal> {
  const { rows } = await queries.history({ since: 0, fingerprint, limit: 1 });
  return {
    refused: 404,
    message: `no alert ${JSON.stringify(fingerprint)}: it may have ended`,
    history: rows[0]?.id ?? null,
  };
}
