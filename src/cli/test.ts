import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

import { loadConfiguration } from "../config/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { formatFinding, type Finding } from "../lib/finding.ts";
import { cleanText } from "../lib/text.ts";
import { runTestFile, type TestResult } from "../simulate/index.ts";
import type { ConfigOptions } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { paint, printFindings, printJson } from "./print.ts";

/** Options of the command. */
export interface TestOptions extends ConfigOptions {
  readonly json?: boolean;
}

const TESTS = "*.test.yaml";

/** Runs tests of rules in virtual time. 1 when one fails, 2 when a file is not usable. */
export async function test(named: readonly string[], options: TestOptions, io: Io): Promise<ExitStatus> {
  const files = named.length > 0 ? await expand(named, io) : await findTests(options, io);
  if (files.length === 0) {
    throw new TocsinError("ERR_USAGE", "there is no *.test.yaml beside the rules or under ./rules: name one");
  }
  const tests: TestResult[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const result = await runTestFile({ file, env: io.env, cwd: io.cwd });
    tests.push(...result.tests);
    findings.push(...result.findings);
    if (options.json !== true) printTests(file, result.tests, io);
  }
  const failed = tests.filter(({ ok }) => !ok).length;
  const passed = tests.length - failed;
  printFindings(findings, io);
  if (options.json === true) {
    const toJson = ({ file, line, name, ok, expected, unexpected, actual }: TestResult): object =>
      ok ? { file, line, name, ok } : { file, line, name, ok, expected, unexpected, actual };
    printJson({ passed, failed, tests: tests.map(toJson), findings: findings.map(formatFinding) }, io);
  } else {
    io.stdout(
      `${paint(failed > 0 ? "red" : "bold", `${passed} passed, ${failed} failed`, io.colour.stdout)}\n`,
    );
  }
  if (findings.length > 0) return 2;
  return failed > 0 ? 1 : 0;
}

/**
 * The files of patterns that the shell left as they are; a plain name stays one.
 *
 * @throws {TocsinError} ERR_USAGE for a pattern without files.
 */
async function expand(named: readonly string[], io: Io): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const name of named) {
    if (!/[*?[{]/u.test(name) || existsSync(resolve(io.cwd, name))) {
      files.add(name);
      continue;
    }
    const found: string[] = [];
    for await (const file of glob(name, { cwd: io.cwd })) found.push(file);
    if (found.length === 0) throw new TocsinError("ERR_USAGE", `${name}: no file matches this pattern`);
    for (const file of found.toSorted()) files.add(file);
  }
  return [...files];
}

/** Tests beside the rule files of the configuration, or under ./rules; in the order of names. */
async function findTests(options: TestOptions, io: Io): Promise<readonly string[]> {
  const { watched } = await loadConfiguration({ file: options.config, env: io.env, cwd: io.cwd });
  const folders = new Set(watched.globs.map((pattern) => join(dirname(pattern), TESTS)));
  const patterns = folders.size > 0 ? folders : new Set([join(io.cwd, "rules", "**", TESTS)]);
  const found = new Set<string>();
  for (const pattern of patterns) {
    for await (const path of glob(pattern)) found.add(relativeTo(io.cwd, path));
  }
  return [...found].toSorted();
}

function relativeTo(cwd: string, path: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

function printTests(file: string, tests: readonly TestResult[], io: Io): void {
  const colour = io.colour.stdout;
  if (tests.length === 0) return;
  io.stdout(`${paint("bold", file, colour)}\n`);
  for (const { name, ok, line, expected, unexpected, actual } of tests) {
    if (ok) {
      io.stdout(`  ${paint("green", "✓", colour)} ${cleanText(name)}\n`);
      continue;
    }
    io.stdout(
      `  ${paint("red", "✗", colour)} ${cleanText(name)} ${paint("dim", `(${file}:${line})`, colour)}\n`,
    );
    printList("expected, and did not come:", expected, io);
    printList("came, and was not expected:", unexpected, io);
    if (actual !== unexpected) printList("all that came:", actual || "no message", io);
  }
}

function printList(title: string, lines: string, io: Io): void {
  if (lines === "") return;
  io.stdout(`      ${title}\n`);
  for (const line of cleanText(lines).split("\n")) io.stdout(`        ${line}\n`);
}
