import { userInfo } from "node:os";

import { MadeSilence, Silence, SilenceList } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import { TocsinError } from "../lib/errors.ts";
import { oneLine } from "../lib/text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { labelPatternText, parseLabelPatterns } from "./label-patterns.ts";
import { age, complain, look, until } from "./look.ts";
import { printJson } from "./print.ts";
import { findRemote, type RemoteOptions, type RequestFault } from "./remote.ts";
import type { Column } from "./table.ts";
import { impossibleMatch } from "./unknown-names.ts";

/** Options of `silence add`. */
export interface SilenceAddOptions extends RemoteOptions {
  readonly match: readonly string[];
  readonly for?: string;
  readonly until?: string;
  readonly untilResolved?: boolean;
  readonly from?: string;
  readonly comment: string;
  readonly author?: string;
}

/** Options of `silence list`. */
export interface SilenceListOptions extends RemoteOptions {
  readonly all?: boolean;
}

/** Makes a silence, and prints how much it holds back now. */
export async function addSilence(options: SilenceAddOptions, io: Io): Promise<ExitStatus> {
  const { match, from, until: end, untilResolved, comment, author } = options;
  if (end === undefined && options.for === undefined && untilResolved !== true)
    throw new TocsinError("ERR_USAGE", "say when it ends: --for 2h, --until TIME or --until-resolved");
  const asked = {
    match: parseLabelPatterns(match),
    from,
    until: end,
    for: options.for,
    untilResolved,
    comment,
    author: author ?? userName(io),
  };
  const remote = await findRemote(options, io);
  if (remote === undefined) return 2;
  const impossible = await impossibleMatch(remote, asked.match);
  if (impossible !== undefined) throw new TocsinError("ERR_USAGE", impossible);
  const answer = await remote.post("silences", asked, MadeSilence, inFlags);
  if (!answer.ok) return complain(answer, io);
  for (const warning of answer.value.warnings) io.stderr(`warning: ${oneLine(inFlags(warning))}\n`);
  if (options.json === true) printJson(answer.document, io);
  else
    io.stdout(
      `silence ${answer.value.id}: ${stateText(answer.value, io.clock.now())}; it matches ${firing(answer.value)}\n`,
    );
  return 0;
}

/** Words for a fault of the request: `untilResolved` is the flag --until-resolved. */
function inFlags({ path, message }: RequestFault): string {
  const [key = "", ...label] = path.split(".");
  if (key === "") return message;
  const flag = `--${key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${[flag, ...label].join(" ")}: ${message}`;
}

/** Lists active and future silences. */
export async function listSilences(options: SilenceListOptions, io: Io): Promise<ExitStatus> {
  const isWanted = ({ state }: Silence): boolean => options.all === true || state !== "expired";
  const listing = {
    path: "silences",
    query: {},
    schema: SilenceList.transform((list) => ({ ...list, items: list.items.filter(isWanted) })),
    columns,
    sentence,
  };
  return look(listing, options, io);
}

/** Ends silences now. */
export async function expireSilences(
  ids: readonly string[],
  options: RemoteOptions,
  io: Io,
): Promise<ExitStatus> {
  const remote = await findRemote(options, io);
  if (remote === undefined) return 2;
  const documents: unknown[] = [];
  let status: ExitStatus = 0;
  for (const id of ids) {
    const answer = await remote.post(`silences/${encodeURIComponent(id)}/expire`, {}, Silence);
    if (!answer.ok) {
      status = complain(answer, io);
    } else if (options.json === true) {
      documents.push(answer.document);
    } else {
      io.stdout(`silence ${oneLine(id)} is over; it matched ${firing(answer.value)}\n`);
    }
  }
  if (options.json === true) printJson(documents, io);
  return status;
}

/** @throws {TocsinError} ERR_USAGE when the system does not say. */
function userName(io: Io): string {
  const named = io.env["USER"] ?? io.env["LOGNAME"] ?? "";
  if (named !== "") return named;
  try {
    return userInfo().username;
  } catch {
    throw new TocsinError("ERR_USAGE", "who are you? say so with --author NAME");
  }
}

function columns(at: number): readonly Column<Silence>[] {
  return [
    { title: "ID", cell: ({ id }) => id },
    {
      title: "STATE",
      cell: (silence) => stateText(silence, at),
      style: ({ state }) => (state === "active" ? "yellow" : undefined),
    },
    { title: "FIRING", cell: ({ alerts }) => String(alerts) },
    { title: "USED", cell: ({ usedAt }) => (usedAt === null ? "never" : `${age(at, usedAt)} ago`) },
    { title: "MATCH", cell: ({ match }) => matchText(match) },
    { title: "AUTHOR", cell: ({ author }) => author },
    { title: "COMMENT", cell: ({ comment }) => comment },
  ];
}

function stateText({ state, from, until: end, untilResolved, schedule }: Silence, at: number): string {
  if (state === "expired") return end === null ? "over" : `over for ${age(at, end)}`;
  if (state === "pending" && from !== null) return `begins ${until(at, from)}`;
  const hours = schedule === null ? "" : ", in its hours";
  if (untilResolved) return `until resolved${hours}`;
  return end === null ? `always${hours}` : `ends ${until(at, end)}${hours}`;
}

function matchText(match: Readonly<Record<string, unknown>>): string {
  return Object.entries(match)
    .map(([label, pattern]) => labelPatternText(label, pattern))
    .join(" ");
}

function firing({ alerts }: Silence): string {
  return alerts === 0 ? "no alert that fires now" : counted(alerts, "firing alert");
}

function sentence(rows: readonly Silence[]): string {
  return rows.length === 0 ? "nothing is silenced" : counted(rows.length, "silence");
}
