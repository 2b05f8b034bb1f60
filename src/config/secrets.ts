import { resolve } from "node:path";

import type { z } from "zod";

import { errorText } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { createScrubber } from "../lib/scrub.ts";
import { openSecret, PlainOrSecret } from "../lib/secret-option.ts";
import { SecretRef } from "../lib/secret.ts";

/** A secret option that somebody filled in, and where. */
export interface LocatedSecret {
  readonly ref: SecretRef;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `sinks[0].url`. */
  readonly path: string;
}

/** A secret before it is known where in the file it stands. */
export interface FoundSecret {
  readonly ref: SecretRef;
  readonly path: readonly (string | number)[];
}

const SECRET_OPTIONS: ReadonlySet<unknown> = new Set([SecretRef.def.options, PlainOrSecret.def.options]);

/**
 * The secrets in a value, literals among them, found by the places where its schema says `SecretRef` or
 * `PlainOrSecret`.
 */
export function findSecrets(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly (string | number)[],
): readonly FoundSecret[] {
  // The base type knows no definitions; every schema that zod makes is one of these.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  // A refined copy has a definition of its own, with the same options in it.
  if (def.type === "union" && SECRET_OPTIONS.has(def.options)) {
    const parsed = SecretRef.safeParse(value);
    return parsed.success ? [{ ref: parsed.data, path }] : [];
  }
  const inside = (field: z.core.$ZodType | undefined, [key, item]: [string | number, unknown]) =>
    field === undefined ? [] : findSecrets(field, item, [...path, key]);
  if (def.type === "object") return entriesOf(value).flatMap((entry) => inside(def.shape[entry[0]], entry));
  if (def.type === "record") return entriesOf(value).flatMap((entry) => inside(def.valueType, entry));
  if (def.type === "array") {
    return Array.isArray(value) ? [...value.entries()].flatMap((entry) => inside(def.element, entry)) : [];
  }
  if (def.type === "union") return def.options.flatMap((option) => findSecrets(option, value, path));
  if (def.type === "pipe") return findSecrets(def.in, value, path);
  return "innerType" in def ? findSecrets(def.innerType, value, path) : [];
}

/**
 * A warning for each secret that cannot be read now. A service that starts without its secrets is half-configured:
 * `run` refuses where `check` warns.
 *
 * @param places.baseDir Absolute: what paths of secrets are relative to.
 */
export function unresolvedSecrets(
  secrets: readonly LocatedSecret[],
  places: { readonly baseDir: string; readonly env: NodeJS.ProcessEnv },
): readonly Finding[] {
  const surroundings = {
    env: places.env,
    resolvePath: (path: string) => resolve(places.baseDir, path),
    scrubber: createScrubber(),
  };
  return secrets.flatMap(({ ref, ...place }) => {
    try {
      openSecret(ref, surroundings).reveal();
      return [];
    } catch (error) {
      return [{ ...place, level: "warning" as const, message: errorText(error) }];
    }
  });
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
