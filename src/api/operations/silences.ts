import { z } from "zod";

import { ALERT_SCHEMAS, type Silence as SilenceData, standingOf } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import type { ApiContext } from "../bridge.ts";
import { MadeSilence, Silence, SilenceList } from "../schemas/silence.ts";
import { toInstant } from "../views/instant.ts";
import { toSilenceView } from "../views/silence.ts";
import { countMatches } from "./count-matches.ts";
import { defineOperation, isRefusal, NO_QUERY } from "./operation.ts";
import { noSuchSilence, refusalOf, SILENCE_ID, wantedSilence } from "./wanted-silence.ts";

/** `GET /silences`. */
export const listSilences = defineOperation({
  operationId: "listSilences",
  method: "get",
  path: "/silences",
  summary: "Silences",
  description: "Ended silences are kept for five days.",
  query: strict({
    state: z.enum(["pending", "active", "expired"]).optional().describe("Only these."),
  }),
  answer: SilenceList,
  answerTo: async ({ queries, clock }, { query: { state }, gone }) => {
    const now = clock.now();
    const all = await queries.silences();
    const wanted = all.filter((silence) => state === undefined || standingOf(silence, now).state === state);
    const alerts = await countMatches(queries, wanted, now, gone);
    const items = wanted.map((silence) => toSilenceView(silence, alerts.get(silence.id) ?? 0, now));
    return { at: toInstant(now), items, next: null };
  },
});

/** `POST /silences`. */
export const makeSilence = defineOperation({
  operationId: "makeSilence",
  method: "post",
  path: "/silences",
  summary: "Make a silence, or change the one with this id",
  description:
    "The silence is stored when this answers. The user that a proxy names is its author, whatever the body says.",
  query: strict({
    id: SILENCE_ID,
  }),
  body: ALERT_SCHEMAS.requested.RequestedSilence,
  answer: MadeSilence,
  refusals: [404, 409],
  answerTo: async (context, { query: { id }, body, identity }) => {
    const wanted = await wantedSilence(context, { id, body, identity });
    if (isRefusal(wanted)) return wanted;
    const { silence, warnings } = wanted;
    await context.silence({ kind: "silence", silence });
    return { ...(await view(context, silence)), warnings };
  },
});

/** `POST /silences/{id}/expire`. */
export const expireSilence = defineOperation({
  operationId: "expireSilence",
  method: "post",
  path: "/silences/{id}/expire",
  summary: "End a silence now",
  query: NO_QUERY,
  answer: Silence,
  refusals: [404, 409],
  answerTo: async (context, { id }) => {
    const find = async (): Promise<SilenceData | undefined> =>
      (await context.queries.silences()).find((silence) => silence.id === id);
    const refusal = refusalOf(id, await find());
    if (refusal !== undefined) return refusal;
    await context.silence({ kind: "unsilence", id });
    const ended = await find();
    return ended === undefined ? noSuchSilence(id) : view(context, ended);
  },
});

async function view({ queries, clock }: ApiContext, silence: SilenceData): Promise<Silence> {
  const now = clock.now();
  const alerts = await countMatches(queries, [silence], now);
  return toSilenceView(silence, alerts.get(silence.id) ?? 0, now);
}
