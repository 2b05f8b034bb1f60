import { resolve } from "node:path";

import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import { findSecrets, type FoundSecret, secretFaults } from "../lib/secret-option.ts";
import type { RuleSet } from "../rule/index.ts";
import type { ProcessSection } from "./section.ts";
import { type ConfigurationFile, PROCESS_SECTIONS, type ProcessSettings } from "./sections.ts";

/** The settings of the process with absolute paths. @param baseDir Absolute: paths in the file are relative to it. */
export function processSettingsOf(sections: ConfigurationFile, baseDir: string): ProcessSettings {
  const resolvePath = (path: string): string => resolve(baseDir, path);
  const settings = ofEach(sections, (key, section, value) => [
    [key, section.absolute === undefined ? value : section.absolute(value, resolvePath)],
  ]);
  // Each value comes from the section of its key.
  return Object.fromEntries(settings) as ProcessSettings;
}

/** The secrets in these sections, literals among them. */
export function secretsOfProcess(sections: ConfigurationFile): readonly FoundSecret[] {
  return ofEach(sections, (key, { schema }, value) => findSecrets(schema, value, [key]));
}

/** Faults that a schema cannot see: literal secrets, and names that must exist. */
export function faultsOfProcess(
  sections: ConfigurationFile,
  context: { readonly sinkNames: ReadonlySet<string> | undefined },
): readonly Fault[] {
  return ofEach(sections, (key, section, value) =>
    below(key, [...secretFaults(section.schema, value), ...(section.faults?.(value, context) ?? [])]),
  );
}

/** Warnings about settings that work but that hardly anybody means. */
export function adviseProcess(
  sections: ConfigurationFile,
  context: { readonly rules: RuleSet },
): readonly Fault[] {
  return ofEach(sections, (key, section, value) => below(key, section.advise?.(value, context) ?? []));
}

/** Settings that differ and that only a start reads: `state`, `server.listen`. */
export function changedAtStart(current: ProcessSettings, next: ProcessSettings): readonly string[] {
  return ofEach(current, (key, { fixed = [] }, value) => {
    const other = valuesOf(next)[key];
    if (fixed === "all") return isSame(value, other) ? [] : [key];
    return fixed.flatMap((inner) => (isSame(at(value, inner), at(other, inner)) ? [] : [`${key}.${inner}`]));
  });
}

function at(value: unknown, key: string): unknown {
  return isMapping(value) ? value[key] : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function ofEach<T>(
  settings: ProcessSettings,
  map: (key: string, section: ProcessSection, value: unknown) => readonly T[],
): readonly T[] {
  const values = valuesOf(settings);
  return Object.entries<ProcessSection>(PROCESS_SECTIONS).flatMap(([key, section]) =>
    map(key, section, values[key]),
  );
}

function valuesOf(settings: ProcessSettings): Readonly<Record<string, unknown>> {
  return settings;
}

function below(key: string, faults: readonly Fault[]): readonly Fault[] {
  return faults.map((fault) => ({ ...fault, path: [key, ...fault.path] }));
}
