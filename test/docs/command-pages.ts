import type { Argument, Command, Option } from "commander";

/** A generated page, by its path from the root of the repository. */
export interface GeneratedPage {
  readonly path: string;
  readonly text: string;
}

const ORIGIN =
  "<!-- Written from src/cli/program.ts: UPDATE_DOCS=1 npx vitest run --project unit test/docs/cli.test.ts -->";

/** The pages of the command line: one for each command, and a list of them. */
export function commandPages(program: Command): readonly GeneratedPage[] {
  const pages = program.commands.map((command) => ({
    path: `docs/cli/${command.name()}.md`,
    text: pageOf(command),
  }));
  const rows = program.commands.map((command) => [
    `[\`${command.name()}\`](${command.name()}.md)`,
    sentenceOf(command),
  ]);
  const index = [
    ORIGIN,
    "# Commands",
    "`tocsin COMMAND --help` prints the same; `npx tocsin COMMAND` runs it from a checkout or a package.",
    "Exit status: 0 fine; 1 when the check, the test or the attempt failed, or a server is out of reach; 2 for wrong usage or an unusable configuration. Warnings alone are 0.",
    table(["command", "does"], rows),
  ];
  return [{ path: "docs/cli/README.md", text: `${index.join("\n\n")}\n` }, ...pages];
}

function pageOf(command: Command): string {
  const name = command.name();
  const parts = [ORIGIN, `# tocsin ${name}`, sentenceOf(command)];
  if (command.commands.length === 0) parts.push(...bodyOf(command, `tocsin ${name}`));
  for (const inner of command.commands) {
    parts.push(`## tocsin ${name} ${inner.name()}`, sentenceOf(inner));
    parts.push(...bodyOf(inner, `tocsin ${name} ${inner.name()}`));
  }
  return `${parts.join("\n\n")}\n`;
}

function bodyOf(command: Command, name: string): readonly string[] {
  const { registeredArguments, options } = command;
  return [
    `\`\`\`text\n${name} ${command.usage()}\n\`\`\``,
    ...(registeredArguments.length === 0
      ? []
      : [table(["argument", "is"], registeredArguments.map(argumentRow))]),
    ...(options.length === 0 ? [] : [table(["option", "means"], options.map(optionRow))]),
  ];
}

function argumentRow(argument: Argument): readonly string[] {
  const { description, argChoices, required, defaultValue } = argument;
  const more = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(", ")}`]),
    ...(description === "" ? [] : [description]),
    ...(required || defaultValue !== undefined ? [] : ["may be left out"]),
    ...(defaultValue === undefined ? [] : [`default: \`${String(defaultValue)}\``]),
  ];
  return [`\`${argument.name()}\``, more.join("; ")];
}

function optionRow({ flags, description, argChoices, mandatory, defaultValue }: Option): readonly string[] {
  const more = [
    ...(description === "" ? [] : [description]),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(", ")}`]),
    ...(mandatory ? ["required"] : []),
    ...(defaultValue === undefined ? [] : [`default: \`${String(defaultValue)}\``]),
  ];
  return [`\`${flags}\``, more.join("; ")];
}

function sentenceOf(command: Command): string {
  const text = command.description();
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/u, "")}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map(
      (cells) =>
        `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`,
    )
    .join("\n")
    .replaceAll(/`[^`]*`/gu, (code) => code.replaceAll("&lt;", "<"));
}
