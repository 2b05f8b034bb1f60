import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { createProgram } from "../../src/cli/program.ts";
import { captureIo, runCommand } from "../cli/run-command.ts";
import { type Block, blockAfter, type Page, PAGES } from "./pages.ts";

/** Beginnings of command lines that run tocsin, and the words that each stands for. */
const SPELLINGS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:npx )?tocsin(?: |$)/u, []],
  [/^npm start(?: --(?: |$)|$)/u, ["run"]],
  [/^npm run demo(?: --(?: |$)|$)/u, ["demo"]],
];

interface CommandLine {
  readonly argv: readonly string[];
  /** Whether its input comes from another program. */
  readonly isPiped: boolean;
}

/** The command lines of tocsin in a block; what else stands there is other people's. */
function commandLines({ text }: Block): readonly CommandLine[] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/u, ""))
    .flatMap((line) => line.split("&&"))
    .flatMap((line) => line.split("|").map((part, index) => ({ part: part.trim(), isPiped: index > 0 })))
    .flatMap(({ part, isPiped }) => {
      const spelling = SPELLINGS.find(([prefix]) => prefix.test(part));
      if (spelling === undefined) return [];
      const [prefix, command] = spelling;
      return [{ argv: [...command, ...words(part.replace(prefix, ""))], isPiped }];
    });
}

/** Splits at blanks outside of quotes. */
function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/gu)].map(
    (match) => match[1] ?? match[2] ?? match[0],
  );
}

/** Whether a command can be tried without a network, a cluster or an end. */
function isRunnable({ argv: [command = "", ...rest], isPiped }: CommandLine): boolean {
  if (isPiped) return false;
  if (command === "explain")
    return !rest.some((word) => /^[a-z-]+\/[\w.-]+$/u.test(word) && !/\.ya?ml$/u.test(word));
  return ["init", "check", "rbac", "render", "test", "version"].includes(command);
}

/** The page's files, each under its name, for its command lines to find. The first of a name counts. */
async function writeFiles(page: Page, directory: string): Promise<void> {
  for (const { mark, text } of page.blocks.toReversed()) {
    if (!mark.endsWith(".yaml")) continue;
    await mkdir(join(directory, dirname(mark)), { recursive: true });
    await writeFile(join(directory, mark), text);
  }
}

/**
 * The first line that a page shows and that does not come out there; blank lines do not count. Lines may be left out
 * before the first one, after the last one, and where the page has `…`.
 */
function wrongLine(shown: string, said: string): string | undefined {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  let from = 0;
  let mayLeaveOut = true;
  for (const line of shown.split("\n").filter((each) => each.trim() !== "")) {
    if (line.trim() === "…") {
      mayLeaveOut = true;
      continue;
    }
    const at = mayLeaveOut ? lines.indexOf(line, from) : from;
    if (at < 0 || lines[at] !== line) return `${line}  (instead of: ${lines[from] ?? "the end"})`;
    from = at + 1;
    mayLeaveOut = false;
  }
  return undefined;
}

describe.each(PAGES.filter((page) => page.blocks.some(({ language }) => language === "sh")))(
  "$path",
  (page) => {
    const blocks = page.blocks.filter(({ language }) => language === "sh");

    it.each(
      blocks.flatMap((block) => commandLines(block).map(({ argv }) => ({ line: argv.join(" "), argv }))),
    )("names a command with options that exist: tocsin $line", async ({ argv }) => {
      const { io, written } = captureIo();
      const program = createProgram(io, () => undefined);
      for (const command of program.commands) command.action(() => undefined);
      await program.parseAsync(argv, { from: "user" }).catch(() => undefined);
      expect(written.stderr).toBe("");
    });

    it("shows what its commands say, where they can run without a cluster", async () => {
      const cwd = await mkdtemp(join(tmpdir(), "tocsin-docs-"));
      try {
        await writeFiles(page, cwd);
        for (const block of blocks) {
          const said: string[] = [];
          for (const { argv } of commandLines(block).filter(isRunnable)) {
            const { status, stdout, stderr } = await runCommand(argv, { cwd });
            expect({ argv, status, stderr: status === 0 ? "" : stderr }).toEqual({
              argv,
              status: 0,
              stderr: "",
            });
            said.push(stdout, stderr);
          }
          const shown = blockAfter(page, block);
          if (said.length === 0 || shown?.language !== "text") continue;
          expect(wrongLine(shown.text, said.join(""))).toBeUndefined();
        }
      } finally {
        await rm(cwd, { recursive: true });
      }
    });
  },
);
