import { styleText } from "node:util";

import { counted } from "../lib/counted.ts";
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

/** Findings about Events that are shown; the rest is a number. */
const MOST_FINDINGS = 10;

/** Prints the first findings about the values of a text. */
export function printSome(findings: readonly Finding[], io: Io): void {
  printFindings(findings.slice(0, MOST_FINDINGS), io);
  const more = findings.length - MOST_FINDINGS;
  if (more > 0) io.stderr(`and ${counted(more, "more value")} like these\n`);
}

/** Whether one of them is more than a warning. */
export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === "error");
}

/** Prints one JSON document to standard output, with escapes for what a terminal may obey or nobody sees. */
export function printJson(value: unknown, io: Io): void {
  io.stdout(`${plainJson(JSON.stringify(value, null, 2))}\n`);
}
