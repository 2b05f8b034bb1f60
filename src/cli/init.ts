import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { errorText } from "../lib/errors.ts";
import { schemaTemplates, type Template, TEMPLATES } from "./init-templates.ts";
import type { ExitStatus, Io } from "./io.ts";

/** Writes the first configuration into a folder: all of its files, or none when one of them exists. */
export async function init(dir: string, io: Io): Promise<ExitStatus> {
  const folder = resolve(io.cwd, dir);
  const templates = [...TEMPLATES, ...schemaTemplates()];
  const existing: Template[] = [];
  for (const template of templates) if (await exists(join(folder, template.path))) existing.push(template);
  if (existing.length > 0) {
    for (const { path } of existing)
      io.stderr(`tocsin: ${join(dir, path)} exists already; nothing was written\n`);
    return 1;
  }
  for (const { path, content } of templates) {
    const target = join(folder, path);
    try {
      await mkdir(dirname(target), { recursive: true });
      // The flag x never overwrites a file that somebody created meanwhile.
      await writeFile(target, content, { flag: "wx" });
    } catch (error) {
      io.stderr(`tocsin: ${dir} cannot be written: ${errorText(error)}\n`);
      return 1;
    }
    io.stdout(`wrote ${join(dir, path)}\n`);
  }
  const config = join(dir, "tocsin.yaml");
  io.stdout(`\nNext: put the address of a Slack webhook into ${join(dir, "secrets/slack-url")}, then\n`);
  io.stdout(`  tocsin check --config ${config}\n  tocsin run --config ${config}\n`);
  return 0;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
