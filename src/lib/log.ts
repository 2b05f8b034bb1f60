import { styleText } from "node:util";

import { pino } from "pino";

import { plainJson } from "./plain-json.ts";
import { cleanText } from "./text.ts";

/** Fields of a log line; the logger removes known secrets from the values before it writes them. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The log of the program. Messages are static texts; variable parts go into the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry these fields. */
  child(fields: LogFields): Logger;
}

/** Level, format and target of a log. */
export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly format: "json" | "pretty";
  /** Takes whole lines, each ending in a line feed. */
  readonly write: (line: string) => void;
  /** Applied to every finished line, so that no field can carry a secret out. */
  readonly scrub: (text: string) => string;
  /** Whether pretty lines are coloured. */
  readonly colour?: boolean;
}

/** A logger on pino; every line passes `scrub` last. */
export function createLogger(options: LogOptions): Logger {
  const write = (line: string): void => {
    const safe = options.scrub(line);
    options.write(options.format === "pretty" ? toPretty(safe, options.colour ?? false) : plainJson(safe));
  };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return wrap(logger);
}

/** A logger that says nothing, for tests and pure commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function wrap(logger: pino.Logger): Logger {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}

const COLOURS = { debug: "gray", info: "cyan", warn: "yellow", error: "red" } as const;

function toPretty(line: string, colour: boolean): string {
  let entry: Record<string, unknown>;
  try {
    // pino writes one JSON object per line.
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, message, ...fields } = entry;
  const word = String(level).toUpperCase().padEnd(5);
  const paint = COLOURS[level as keyof typeof COLOURS] ?? "white";
  const rest = Object.entries(fields)
    .map(([key, value]) => ` ${key}=${cleanText(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join("");
  const shown = colour ? styleText(paint, word, { validateStream: false }) : word;
  const dim = colour && rest !== "" ? styleText("dim", rest, { validateStream: false }) : rest;
  return `${String(time).slice(11, 19)} ${shown} ${cleanText(String(message))}${dim}\n`;
}
