import { z } from "zod";

import {
  type AlertState,
  requestSilence,
  type Silence as SilenceData,
  ALERT_SCHEMAS,
} from "../../alert/index.ts";
import { newId } from "../../lib/hash.ts";
import { strict } from "../../lib/schema.ts";
import { dotted } from "../../lib/yaml-file.ts";
import type { ApiContext } from "../bridge.ts";
import { Silence, SilenceList } from "../schemas/silence.ts";
import { toInstant } from "../views/instant.ts";
import { toSilenceView } from "../views/silence.ts";
import { defineOperation, NO_QUERY, type Refusal } from "./operation.ts";

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
  answerTo: async (look, { query: { state } }) => {
    const now = look.clock.now();
    const all = look.silences.all();
    const firing = firingOf(look);
    const items = all.map((silence) => toSilenceView(silence, firing, now));
    return {
      at: toInstant(now),
      items: items.filter((silence) => state === undefined || silence.state === state),
      next: null,
    };
  },
});

/** `POST /silences`. */
export const makeSilence = defineOperation({
  operationId: "makeSilence",
  method: "post",
  path: "/silences",
  summary: "Make a silence, or change the one with this id",
  description: "The silence is stored when this answers.",
  query: strict({
    id: z.string().min(1).max(200).optional().describe("The silence to change; it keeps its id."),
  }),
  body: ALERT_SCHEMAS.requested.RequestedSilence,
  answer: Silence,
  refusals: [404, 409],
  answerTo: async (look, { query: { id }, body }) => {
    const now = look.clock.now();
    const known = id === undefined ? undefined : look.silences.get(id);
    const refusal = refusalOf(look, id, known);
    if (refusal !== undefined) return refusal;
    const { labelNames } = look.configuration().policy.rules;
    const { silence, faults } = requestSilence(body, { id: id ?? unusedId(look), now, labelNames });
    if (faults.length > 0)
      return { refused: 400, faults: faults.map(({ path, message }) => ({ path: dotted(path), message })) };
    const made = { ...silence, usedAt: known?.usedAt };
    await look.silence({ kind: "silence", silence: made });
    return toSilenceView(made, firingOf(look), now);
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
  answerTo: async (look, { id }) => {
    const refusal = refusalOf(look, id, look.silences.get(id));
    if (refusal !== undefined) return refusal;
    await look.silence({ kind: "unsilence", id });
    const ended = look.silences.get(id);
    if (ended === undefined) return noSuch(id);
    return toSilenceView(ended, firingOf(look), look.clock.now());
  },
});

function refusalOf(
  look: ApiContext,
  id: string | undefined,
  known: SilenceData | undefined,
): Refusal | undefined {
  if (id !== undefined && known === undefined) return noSuch(id);
  if (known?.origin === "config") {
    const message = `${id} stands in the configuration: change it there`;
    return { refused: 409, message };
  }
  if (known?.origin === "annotation") {
    return { refused: 409, message: `${id} stands on an object: change its annotation` };
  }
  if (known !== undefined || !look.silences.isFull) return undefined;
  return {
    refused: 409,
    message: "there are too many silences already, those that are over included",
  };
}

function noSuch(id: string): Refusal {
  return { refused: 404, message: `there is no silence ${JSON.stringify(id)}` };
}

/** Short enough to be typed. */
function unusedId(look: ApiContext): string {
  for (;;) {
    const id = newId().slice(-8);
    if (look.silences.get(id) === undefined) return id;
  }
}

function firingOf({ engine }: ApiContext): readonly AlertState[] {
  return [...engine.alerts()].filter(({ phase }) => phase === "firing");
}
