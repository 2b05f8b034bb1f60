import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { errorText } from "../lib/errors.ts";
import {
  COMPANIONS,
  recordingTemplate,
  schemaTemplates,
  type Template,
  TEMPLATES,
} from "./init-templates.ts";
import type { ExitStatus, Io } from "./io.ts";
import { programName } from "./program-name.ts";

/** The folder of the configuration, as the user named it and as the system does. */
interface Target {
  readonly dir: string;
  readonly folder: string;
}

/**
 * Writes the first configuration into a folder: all of its files, or none when one of them exists. Schemas of another
 * version of the program are renewed in any case.
 */
export async function init(dir: string, io: Io): Promise<ExitStatus> {
  const target: Target = { dir, folder: resolve(io.cwd, dir) };
  const own = [...TEMPLATES, recordingTemplate()];
  try {
    const existing = await presentOf(own, target);
    return existing.length === 0 ? await begin(own, target, io) : await renew(existing, target, io);
  } catch (error) {
    io.stderr(`tocsin: ${dir} cannot be written: ${errorText(error)}\n`);
    return 1;
  }
}

async function begin(own: readonly Template[], target: Target, io: Io): Promise<ExitStatus> {
  const kept = await presentOf(COMPANIONS, target);
  const companions = COMPANIONS.filter((template) => !kept.includes(template));
  for (const template of [...own, ...companions]) await create(template, target, io);
  for (const template of schemaTemplates()) await replace(template, target, io);
  const { dir } = target;
  if (kept.some(({ path }) => path === ".gitignore"))
    io.stdout(`left ${join(dir, ".gitignore")} as it is: add secrets/ and data/ to it\n`);
  io.stdout(`\n${nextSteps(dir, programName(io.env))}`);
  return 0;
}

/** Of a folder with a configuration only the schemas are touched. 0 when one of them was renewed. */
async function renew(existing: readonly Template[], target: Target, io: Io): Promise<ExitStatus> {
  let renewed = 0;
  for (const template of await presentOf(schemaTemplates(), target))
    renewed += (await replace(template, target, io)) ? 1 : 0;
  if (renewed > 0) return 0;
  const names = existing.map(({ path }) => join(target.dir, path));
  const exist = names.length === 1 ? "exists" : "exist";
  io.stderr(`tocsin: ${names.join(", ")} ${exist} already; nothing was written\n`);
  return 1;
}

/** The templates whose files are there. */
async function presentOf(templates: readonly Template[], { folder }: Target): Promise<readonly Template[]> {
  const present: Template[] = [];
  for (const template of templates) if (await exists(join(folder, template.path))) present.push(template);
  return present;
}

async function create({ path, content, mode }: Template, { dir, folder }: Target, io: Io): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  // The flag x never overwrites a file that somebody created meanwhile.
  await writeFile(file, content, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
  io.stdout(`wrote ${join(dir, path)}\n`);
}

/** Writes a file that belongs to the program. @returns False when it is so already. */
async function replace({ path, content }: Template, { dir, folder }: Target, io: Io): Promise<boolean> {
  const file = join(folder, path);
  const before = (await exists(file)) ? await readFile(file, "utf8") : undefined;
  if (before === content) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  io.stdout(`${before === undefined ? "wrote" : "renewed"} ${join(dir, path)}\n`);
  return true;
}

function nextSteps(dir: string, tocsin: string): string {
  const path = (name: string): string => shellWord(join(dir, name));
  const config = `--config ${path("tocsin.yaml")}`;
  return `Next, without a cluster:
  ${tocsin} test ${path("rules/example.test.yaml")}
  ${tocsin} replay ${path("samples/crash-loop.jsonl")} ${config}

Then put the address of a Slack webhook into ${path("secrets/slack-url")}, and
  ${tocsin} check ${config}
  ${tocsin} send-test ops ${config}
  ${tocsin} run ${config}
`;
}

/** A word that a POSIX shell takes as it is. */
function shellWord(text: string): string {
  return /^[\w./~@%+=:,-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
