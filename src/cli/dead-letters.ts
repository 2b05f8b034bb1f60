import { DEAD_LETTER_SCHEMAS, type DeadLetter } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import { TocsinError } from "../lib/errors.ts";
import { oneLine } from "../lib/text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { age, complain, look, type QueryOptions } from "./look.ts";
import { printJson } from "./print.ts";
import { findRemote } from "./remote.ts";
import type { Column } from "./table.ts";

/** Actions on dead letters. */
export type DeadLetterAction = "list" | "retry" | "drop";

/** Options of the command. */
export interface DeadLettersOptions extends QueryOptions {
  readonly sink?: string;
  readonly all?: boolean;
}

/** Lists dead letters, retries them, or drops them. */
export async function deadLetters(
  action: DeadLetterAction,
  ids: readonly string[],
  options: DeadLettersOptions,
  io: Io,
): Promise<ExitStatus> {
  if (action !== "list") return change(action, chosen(ids, options), { options, io });
  const { sink } = options;
  if (ids.length > 0 || options.all === true) {
    throw new TocsinError("ERR_USAGE", "dead-letters list shows all of them, or those of --sink SINK");
  }
  return look(
    { path: "dead-letters", query: { sink }, schema: DEAD_LETTER_SCHEMAS.page, columns, sentence },
    options,
    io,
  );
}

/** @throws {TocsinError} ERR_USAGE unless the options choose letters in exactly one way. */
function chosen(ids: readonly string[], { all, sink }: DeadLettersOptions): object {
  if (ids.length > 0 && all !== true && sink === undefined) return { ids };
  if (ids.length === 0 && all === true && sink !== undefined) return { all: true, sink };
  throw new TocsinError(
    "ERR_USAGE",
    "which dead letters? write their ids (tocsin dead-letters list shows them), or --all --sink SINK",
  );
}

async function change(
  action: "retry" | "drop",
  choice: object,
  { options, io }: { readonly options: DeadLettersOptions; readonly io: Io },
): Promise<ExitStatus> {
  const remote = await findRemote(options, io);
  if (remote === undefined) return 2;
  const answer = await remote.post(`dead-letters/${action}`, choice, DEAD_LETTER_SCHEMAS.changed);
  if (!answer.ok) return complain(answer, io);
  const { done, unknown, withoutSink } = answer.value;
  if (options.json === true) {
    printJson(answer.document, io);
  } else {
    const isWere = done === 1 ? "is" : "are";
    const what = action === "retry" ? `${isWere} tried again` : `${isWere} dropped`;
    io.stdout(`${counted(done, "dead letter")} ${what}\n`);
    for (const id of unknown) io.stderr(`${oneLine(id)}: no dead letter, or not any more\n`);
    for (const id of withoutSink)
      io.stderr(`${oneLine(id)}: stays, because its sink is not configured; it can be dropped\n`);
  }
  return unknown.length + withoutSink.length === 0 ? 0 : 1;
}

function columns(at: number): readonly Column<DeadLetter>[] {
  return [
    { title: "ID", cell: ({ id }) => id },
    { title: "SINK", cell: ({ sink }) => sink },
    { title: "DEAD FOR", cell: ({ buriedAt }) => age(at, buriedAt) },
    { title: "ATTEMPTS", cell: ({ attempts }) => String(attempts) },
    { title: "TITLE", cell: ({ title }) => title },
    { title: "ERROR", cell: ({ error }) => error, style: () => "red" },
  ];
}

function sentence(rows: readonly DeadLetter[]): string {
  return rows.length === 0 ? "there are no dead letters" : counted(rows.length, "dead letter");
}
