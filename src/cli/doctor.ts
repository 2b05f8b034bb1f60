import { examine, type Level, type Verdict } from "../doctor/index.ts";
import { counted } from "../lib/counted.ts";
import { createScrubber } from "../lib/scrub.ts";
import { oneLine } from "../lib/text.ts";
import { wrapText } from "../lib/wrap-text.ts";
import { load } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { lookUpsChecks } from "./look-ups-check.ts";
import { paint, printFindings, printJson, type Style } from "./print.ts";

/** Options of the command. */
export interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const STYLES: Readonly<Record<Level, Style>> = { ok: "green", warn: "yellow", fail: "red", skip: "dim" };

/** As wide as the longest level. */
const LEVEL_WIDTH = 4;

/** Hints wrap at this width; a detail stays on one line, so that people can search for it. */
const WIDTH = 100;
const HINT_INDENT = " ".repeat(LEVEL_WIDTH + 2);

/** Checks everything that the service needs, and prints the remedy for each failure. */
export async function doctor(options: DoctorOptions, io: Io): Promise<ExitStatus> {
  const { configuration, findings } = await load(options, io);
  if (configuration === undefined) {
    printFindings(findings, io);
    return 2;
  }
  const examination = examine(configuration, {
    env: io.env,
    clock: io.clock,
    scrubber: createScrubber(),
    findings,
  });
  const checks = [...examination.checks, ...lookUpsChecks(configuration, io)];
  const width = Math.max(...checks.map(({ name }) => name.length));
  const results: { readonly name: string; readonly verdict: Verdict }[] = [];
  // In their order, each as soon as it and those before it have ended.
  for (const { name, verdict: pending } of checks) {
    const verdict = await pending;
    results.push({ name, verdict });
    if (options.json !== true) io.stdout(lineOf(name.padEnd(width), verdict, io.colour.stdout));
  }
  await examination.close();
  const failed = results.filter(({ verdict }) => verdict.level === "fail").length;
  if (options.json === true) {
    const checks = results.map(({ name, verdict: { level, detail, hint } }) => {
      return { name, ok: level === "ok" || level === "warn", level, detail, hint };
    });
    printJson({ ok: failed === 0, checks }, io);
  } else {
    io.stdout(`\n${summaryOf(results.map(({ verdict }) => verdict))}\n`);
  }
  return failed === 0 ? 0 : 1;
}

function lineOf(name: string, { level, detail, hint }: Verdict, colour: boolean): string {
  const mark = paint(STYLES[level], level.padEnd(LEVEL_WIDTH), colour);
  const text = oneLine(detail);
  const advice = wrapText(oneLine(hint), WIDTH - HINT_INDENT.length - 2);
  const hints = advice.map((line, index) => {
    const arrow = index === 0 ? paint("cyan", "→", colour) : " ";
    return `${HINT_INDENT}${arrow} ${line}\n`;
  });
  return `${mark}  ${name}  ${level === "skip" ? paint("dim", text, colour) : text}\n${hints.join("")}`;
}

function summaryOf(verdicts: readonly Verdict[]): string {
  const count = (level: Level): number => verdicts.filter((verdict) => verdict.level === level).length;
  const parts = [
    counted(verdicts.length, "check"),
    ...(count("fail") === 0 ? [] : [`${count("fail")} failed`]),
    ...(count("skip") === 0 ? [] : [`${count("skip")} not tried`]),
    ...(count("warn") === 0 ? [] : [counted(count("warn"), "warning")]),
  ];
  return parts.length === 1 ? `${parts.join()}, all well` : parts.join(", ");
}
