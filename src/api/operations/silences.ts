import { z } from "zod";

import { ALERT_SCHEMAS, requestSilence, type Silence as SilenceData, standingOf } from "../../alert/index.ts";
import { type Fault, strict } from "../../lib/schema.ts";
import { unusedId } from "../../lib/unused-id.ts";
import { dotted } from "../../lib/yaml-file.ts";
import type { ApiContext } from "../bridge.ts";
import { MadeSilence, Silence, SilenceList } from "../schemas/silence.ts";
import { toInstant } from "../views/instant.ts";
import { toSilenceView } from "../views/silence.ts";
import { countMatches } from "./count-matches.ts";
import { defineOperation, NO_QUERY, type Refusal } from "./operation.ts";

const TOO_MANY = "there are too many silences already, those that are over included";

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
  answerTo: async ({ queries, clock }, { query: { state } }) => {
    const now = clock.now();
    const all = await queries.silences();
    const wanted = all.filter((silence) => state === undefined || standingOf(silence, now).state === state);
    const alerts = await countMatches(queries, wanted, now);
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
    id: z.string().min(1).max(200).optional().describe("The silence to change; it keeps its id."),
  }),
  body: ALERT_SCHEMAS.requested.RequestedSilence,
  answer: MadeSilence,
  refusals: [404, 409],
  answerTo: async (context, { query: { id }, body, identity }) => {
    const now = context.clock.now();
    const all = await context.queries.silences();
    const known = all.find((silence) => silence.id === id);
    const refusal = refusalOf(id, known);
    if (refusal !== undefined) return refusal;
    const { labelNames, rules } = context.configuration().policy.rules;
    const { silence, faults, hasRoom } = requestSilence(
      identity.user === null ? body : { ...body, author: identity.user },
      {
        id: id ?? unusedId(all),
        now,
        labels: {
          names: labelNames,
          rules: new Set(rules.map(({ name }) => name)),
          cluster: context.cluster,
        },
        others: all.filter((other) => other !== known).length,
      },
    );
    const errors = faults.filter(({ level }) => level === "error");
    if (errors.length > 0) return { refused: 400, faults: errors.map(located) };
    if (!hasRoom) return { refused: 409, message: TOO_MANY };
    const made = { ...silence, usedAt: known?.usedAt };
    await context.silence({ kind: "silence", silence: made });
    return { ...(await view(context, made)), warnings: faults.map(located) };
  },
});

function located({ path, message }: Fault): { readonly path: string; readonly message: string } {
  return { path: dotted(path), message };
}

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
    return ended === undefined ? noSuch(id) : view(context, ended);
  },
});

function refusalOf(id: string | undefined, known: SilenceData | undefined): Refusal | undefined {
  if (id !== undefined && known === undefined) return noSuch(id);
  if (known?.origin === "config") {
    const message = `${id} stands in the configuration: change it there`;
    return { refused: 409, message };
  }
  if (known?.origin === "annotation") {
    return { refused: 409, message: `${id} stands on an object: change its annotation` };
  }
  return undefined;
}

function noSuch(id: string): Refusal {
  return { refused: 404, message: `there is no silence ${JSON.stringify(id)}` };
}

async function view({ queries, clock }: ApiContext, silence: SilenceData): Promise<Silence> {
  const now = clock.now();
  const alerts = await countMatches(queries, [silence], now);
  return toSilenceView(silence, alerts.get(silence.id) ?? 0, now);
}
