import { styleText } from "node:util";

import { type Finding, formatFinding } from "../lib/finding.ts";
import { plainJson } from "../lib/plain-json.ts";
import type { Io } from "./io.ts";

/** A style of `util.styleText`. */
export type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** The text in this style, or unchanged where there is no colour. */
export function paint(style: Style, text: string, colour: boolean): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Prints findings to standard error, one a line: `file:line:column: path: message`. */
export function printFindings(findings: readonly Finding[], io: Io): void {
  for (const finding of findings) {
    const style = finding.level === "error" ? "red" : "yellow";
    io.stderr(`${paint(style, formatFinding(finding), io.colour.stderr)}\n`);
  }
}

/** Prints one JSON document to standard output, with escapes for what a terminal may obey or nobody sees. */
export function printJson(value: unknown, io: Io): void {
  io.stdout(`${plainJson(JSON.stringify(value, null, 2))}\n`);
}
