import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import { decodedText } from "../lib/decoded-text.ts";
import { TocsinError } from "../lib/errors.ts";
import { troubleOf } from "../lib/read-text.ts";
import type { Io } from "./io.ts";

/** How to come by Events that can be read. */
export const HOW_TO_GET_EVENTS = "kubectl get events -A -o json prints them whole";

/** Says that a file has none, and how to come by some. */
export function noEventIn(named: string): string {
  return `there is no Event in ${shownName(named)}: ${HOW_TO_GET_EVENTS}`;
}

/** Longest text of which all Events are held in memory at once, in UTF-16 units. */
const LONGEST_HELD = 256 * 1024 * 1024;

/** A file of Events. */
export interface EventText {
  /** Its name for people. */
  readonly file: string;
  /** Its text, in pieces; to be read once. They fail with ERR_USAGE when it cannot be read. */
  readonly chunks: AsyncIterable<string>;
}

/** Opens a file of Events, or standard input for `-`; `decodedText` says in which encodings. */
export function openEventText(named: string, io: Io): EventText {
  const file = shownName(named);
  const bytes = named === "-" ? io.readStdin() : createReadStream(resolve(io.cwd, named));
  return { file, chunks: explained(file, decodedText(bytes)) };
}

/** The same for a reader that keeps all Events: a text that is too long for that fails with ERR_USAGE. */
export function openHeldEventText(named: string, io: Io): EventText {
  const { file, chunks } = openEventText(named, io);
  return { file, chunks: limited(file, chunks) };
}

function shownName(named: string): string {
  return named === "-" ? "standard input" : named;
}

async function* explained(file: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* chunks;
  } catch (error) {
    throw new TocsinError("ERR_USAGE", `${file}: ${troubleOf(error)}`, { cause: error });
  }
}

async function* limited(file: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > LONGEST_HELD) throw new TocsinError("ERR_USAGE", `${file} is larger than 256 MiB`);
    yield chunk;
  }
}
