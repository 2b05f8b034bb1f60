import { setImmediate } from "node:timers/promises";

import { TocsinError } from "../../lib/errors.ts";
import { strict } from "../../lib/schema.ts";
import type { Cursor, DeadLetter } from "../../store/index.ts";
import type { ApiContext } from "../bridge.ts";
import { encodeCursor } from "../paging.ts";
import {
  DeadLetterChoice,
  DeadLetterPage,
  DeadLettersChanged,
  OpenedDeadLetter,
} from "../schemas/dead-letter.ts";
import { filter, MOST_ROWS, PAGING } from "../schemas/fields.ts";
import { toDeadBody, toDeadLetter } from "../views/delivery.ts";
import { toInstant } from "../views/instant.ts";
import { defineOperation, NO_QUERY, type Refusal } from "./operation.ts";
import { OVER_NOTE, overLetters } from "./over-letters.ts";

/** `GET /dead-letters`. */
export const listDeadLetters = defineOperation({
  operationId: "listDeadLetters",
  method: "get",
  path: "/dead-letters",
  summary: "Dead letters",
  query: strict({ sink: filter("The name of a sink, also of a removed one."), ...PAGING }),
  answer: DeadLetterPage,
  answerTo: async ({ queries, scrub, clock }, { query: { sink, limit, cursor } }) => {
    const rows = await queries.deadLetters({ sink, limit: limit + 1, after: placeFrom(cursor) });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      at: toInstant(clock.now()),
      items: page.map((row) => toDeadLetter(row, scrub)),
      next: last === undefined ? null : encodeCursor([last.buriedAt, last.id]),
    };
  },
});

/** `GET /dead-letters/{id}`. */
export const getDeadLetter = defineOperation({
  operationId: "getDeadLetter",
  method: "get",
  path: "/dead-letters/{id}",
  summary: "One dead letter with its content",
  query: NO_QUERY,
  answer: OpenedDeadLetter,
  refusals: [404],
  answerTo: async ({ queries, scrub }, { id }) => {
    const [row] = await queries.deadLetters({ ids: [id], limit: 1 });
    if (row === undefined) return { refused: 404, message: "there is no such dead letter" };
    return { ...toDeadLetter(row, scrub), body: toDeadBody(row) };
  },
});

/** `POST /dead-letters/retry`. */
export const retryDeadLetters = defineOperation({
  operationId: "retryDeadLetters",
  method: "post",
  path: "/dead-letters/retry",
  summary: "Try dead letters again, at once",
  query: NO_QUERY,
  body: DeadLetterChoice,
  answer: DeadLettersChanged,
  refusals: [409],
  answerTo: async (context, { body }) => retry(context, body),
});

/** `POST /dead-letters/drop`. */
export const dropDeadLetters = defineOperation({
  operationId: "dropDeadLetters",
  method: "post",
  path: "/dead-letters/drop",
  summary: "Drop dead letters for good",
  query: NO_QUERY,
  body: DeadLetterChoice,
  answer: DeadLettersChanged,
  answerTo: async ({ queries, deadLetters }, { body }) => {
    if ("all" in body)
      return allDone(
        await changeAll(queries, body.sink, (rows) => deadLetters.drop(rows.map(({ id }) => id))),
      );
    const { ids, unknown } = await find(queries, body.ids);
    return { done: await deadLetters.drop(ids), unknown, withoutSink: [] };
  },
});

async function retry(
  { queries, deadLetters, clock, configuration }: ApiContext,
  choice: DeadLetterChoice,
): Promise<DeadLettersChanged | Refusal> {
  const sinks = new Set(configuration().sinks.map(({ name }) => name));
  const retryDead = async (rows: readonly DeadLetter[]): Promise<number> => {
    const over = new Set(await overLetters(rows, queries));
    const ids = rows.map(({ id }) => id).filter((id) => !over.has(id));
    const done = await deadLetters.retry(ids, clock.now());
    return over.size === 0 ? done : done + (await deadLetters.retry([...over], clock.now(), OVER_NOTE));
  };
  if ("all" in choice) {
    const { sink } = choice;
    if (!sinks.has(sink)) {
      const message = `sink ${JSON.stringify(sink)} is not configured: configure it again, or drop its dead letters`;
      return { refused: 409, message };
    }
    const done = await changeAll(queries, sink, retryDead);
    return allDone(done);
  }
  const { rows, unknown } = await find(queries, choice.ids);
  const able = rows.filter(({ sink }) => sinks.has(sink));
  const done = await retryDead(able);
  const withoutSink = rows.filter(({ sink }) => !sinks.has(sink)).map(({ id }) => id);
  return { done, unknown, withoutSink };
}

/** The ids that are dead letters. */
async function find(
  queries: ApiContext["queries"],
  wanted: readonly string[],
): Promise<{
  readonly rows: readonly DeadLetter[];
  readonly ids: readonly string[];
  readonly unknown: readonly string[];
}> {
  const rows = await queries.deadLetters({ ids: wanted, limit: wanted.length });
  const ids = rows.map(({ id }) => id);
  return { rows, ids, unknown: [...new Set(wanted)].filter((id) => !ids.includes(id)) };
}

/** Page by page, from the newest to the oldest, so that a letter that dies again meanwhile is not met twice. */
async function changeAll(
  queries: ApiContext["queries"],
  sink: string,
  change: (rows: readonly DeadLetter[]) => Promise<number>,
): Promise<number> {
  let done = 0;
  let page = await queries.deadLetters({ sink, limit: MOST_ROWS });
  while (page.length > 0) {
    done += await change(page);
    // Other work runs in between.
    await setImmediate();
    page = await queries.deadLetters({ sink, limit: MOST_ROWS, after: page.at(-1) });
  }
  return done;
}

function allDone(done: number): DeadLettersChanged {
  return { done, unknown: [], withoutSink: [] };
}

function placeFrom(
  cursor: Cursor | undefined,
): { readonly buriedAt: number; readonly id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [buriedAt, id, ...rest] = cursor;
  if (typeof buriedAt === "number" && typeof id === "string" && rest.length === 0) return { buriedAt, id };
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}
