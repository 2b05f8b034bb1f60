import { styleText } from "node:util";

import { utcTime } from "../../lib/utc-time.ts";
import { wrapText } from "../../lib/wrap-text.ts";
import { plainCode, type Presentation, spell, type State } from "../../sink/index.ts";

/** Settings of a block. */
export interface BlockStyle {
  /** Columns, 60 or more. */
  readonly width: number;
  /** Whether the state's word and the bar are coloured. */
  readonly colour: boolean;
}

const COLOURS = {
  critical: "red",
  warning: "yellow",
  info: "blue",
  resolved: "green",
  quiet: "gray",
  test: "magenta",
} as const satisfies Readonly<Record<State, string>>;

/** The word of the second column; titles say "Resolved: …" themselves. */
const WORDS: Readonly<Record<State, string>> = {
  critical: "CRITICAL",
  warning: "WARNING",
  info: "INFO",
  resolved: "OK",
  quiet: "QUIET",
  test: "TEST",
};

/** Columns of the time and of the state, with the blanks that follow. */
const TIME_WIDTH = "10:02:31Z  ".length;
const STATE_WIDTH = "CRITICAL  ".length;
const LABEL_WIDTH = "next  ".length;
const INDENT = " ".repeat(TIME_WIDTH);
const MOST_EVIDENCE_LINES = 6;

/** Lines of a log that is wrapped. */
const MOST_LOG_LINES = 24;

/** One notification as an aligned block for a console, ending in an empty line. */
export function toBlock(shown: Presentation, now: number, style: BlockStyle): string {
  const { state } = shown;
  const paint = (text: string): string =>
    style.colour ? styleText(COLOURS[state], text, { validateStream: false }) : text;
  const room = style.width - TIME_WIDTH;
  const facts = spell(shown.facts, { instant: (at, precision) => utcTime(at, now, precision) });
  const evidence = cutLines(wrap(shown.evidence, room - 2), MOST_EVIDENCE_LINES);
  const body = [
    ...wrap(facts, room),
    ...wrap(shown.cause, room),
    ...wrap(plainCode(shown.text), room),
    ...wrap(shown.note, room),
    ...evidence.map((line) => `${paint("│")} ${line}`),
    ...cutLines(wrap(shown.logs, room - 2), MOST_LOG_LINES).map((line) => `${paint("│")} ${line}`),
    ...labelled("on", places(shown), room),
    ...labelled("next", next(shown), room),
    ...labelled("why", inParts(shown.why, room - LABEL_WIDTH), room),
  ];
  const [first = "", ...rest] = headline(shown, style.width);
  const time = new Date(now).toISOString().slice(11, 19);
  const start = `${time}Z  ${paint(WORDS[state])}${" ".repeat(STATE_WIDTH - WORDS[state].length)}`;
  return [start + first, ...rest, ...body.map((line) => INDENT + line), "", ""].join("\n");
}

/** The title, with the cluster at the right edge. */
function headline({ title, cluster }: Presentation, width: number): readonly string[] {
  const start = TIME_WIDTH + STATE_WIDTH;
  const lines = wrap(title, width - start - cluster.length - 2);
  const [first = "", ...rest] = lines;
  const gap = width - start - first.length - cluster.length;
  return [
    `${first}${" ".repeat(Math.max(2, gap))}${cluster}`,
    ...rest.map((line) => " ".repeat(start) + line),
  ];
}

function places({ places: { shown, omitted } }: Presentation): readonly string[] {
  const lines = shown.map(({ mark, name, extent, cause }) =>
    [mark, name, extent, cause].filter((part) => part !== "").join(" · "),
  );
  return omitted > 0 ? [...lines, `and ${omitted} more`] : lines;
}

/** Lines to paste or click: never wrapped. */
function next({ command, links }: Presentation): readonly string[] {
  return [
    ...(command === undefined ? [] : [command]),
    ...links.map(({ label, url }) => `${label.toLowerCase()} ${url}`),
  ];
}

/** Parts in a row, with a new line before a part that would be broken. */
function inParts(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`;
    if (longer.length <= width && lines.length > 0) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** A word in the margin, once, and its lines beside it; a command and a link stay whole. */
function labelled(label: string, lines: readonly string[], room: number): readonly string[] {
  const wrapped = lines.flatMap((line) => (label === "next" ? [line] : wrap(line, room - LABEL_WIDTH)));
  return wrapped.map((line, index) => (index === 0 ? label : "").padEnd(LABEL_WIDTH) + line);
}

/** The first and the last lines; a mark says that some are missing between them. */
function cutLines(lines: readonly string[], limit: number): readonly string[] {
  if (lines.length <= limit) return lines;
  const first = Math.ceil(limit / 2);
  const shown = [...lines.slice(0, first), ...lines.slice(lines.length - (limit - first))];
  return shown.map((line, index) => (index === first - 1 ? `${line} …` : line));
}

/** However narrow the terminal is, some words go on a line. */
function wrap(text: string, width: number): readonly string[] {
  return wrapText(text, Math.max(20, width));
}
