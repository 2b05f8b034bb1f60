import { z } from "zod";

import type { Fault } from "./schema.ts";
import type { Scrubber } from "./scrub.ts";
import { Secret, SecretRef } from "./secret.ts";

/** An option that may be a secret but need not be one, such as a webhook's URL; a literal is no warning. */
export const PlainOrSecret = z.union([...SecretRef.options], {
  error: "expected a string, { file: path } or { env: NAME }",
});

/** Access to files and variables, to open a secret. */
export interface SecretDeps {
  readonly env: NodeJS.ProcessEnv;
  /** Makes a path of the configuration absolute. */
  readonly resolvePath: (path: string) => string;
  readonly scrubber: Scrubber;
}

/**
 * Opens the secret behind an option. From the first `reveal` on, the scrubber removes its value from every log and
 * error.
 */
export function openSecret(ref: SecretRef, deps: SecretDeps): Secret {
  const secret = sourceOf(ref, deps);
  const reveal = secret.reveal.bind(secret);
  return Object.assign(secret, {
    reveal: () => {
      const value = reveal();
      deps.scrubber.add(value);
      return value;
    },
  });
}

function sourceOf(ref: SecretRef, { env, resolvePath }: SecretDeps): Secret {
  if (typeof ref === "string") return Secret.literal(ref);
  return "file" in ref ? Secret.fromFile(resolvePath(ref.file)) : Secret.fromEnv(ref.env, env);
}

/** A secret option with a value. */
export interface FoundSecret {
  readonly ref: SecretRef;
  readonly path: readonly (string | number)[];
  /** Whether the schema is `PlainOrSecret`. */
  readonly mayBePlain: boolean;
}

/** Finds the secrets in a value, literals included: all places where its schema has `SecretRef` or `PlainOrSecret`. */
export function findSecrets(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly FoundSecret[] {
  // The base type knows no definitions; every schema that zod makes is one of these.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "union") {
    // A refined schema has a definition of its own, with the same options in it.
    const mayBePlain = def.options === PlainOrSecret.def.options;
    if (!mayBePlain && def.options !== SecretRef.def.options) {
      return def.options.flatMap((option) => findSecrets(option, value, path));
    }
    const parsed = SecretRef.safeParse(value);
    return parsed.success ? [{ ref: parsed.data, path, mayBePlain }] : [];
  }
  if (def.type === "pipe") return findSecrets(def.in, value, path);
  if ("innerType" in def) return findSecrets(def.innerType, value, path);
  return fieldsOf(def, value).flatMap(([key, field, inner]) => findSecrets(field, inner, [...path, key]));
}

type Field = readonly [key: string | number, schema: z.core.$ZodType, value: unknown];

function fieldsOf(def: z.core.$ZodTypes["_zod"]["def"], value: unknown): readonly Field[] {
  if (typeof value !== "object" || value === null) return [];
  if (def.type === "array") {
    return Array.isArray(value) ? value.map((inner: unknown, index) => [index, def.element, inner]) : [];
  }
  return Object.entries(value).flatMap(([key, inner]): Field[] => {
    const field = def.type === "object" ? def.shape[key] : def.type === "record" ? def.valueType : undefined;
    return field === undefined ? [] : [[key, field, inner]];
  });
}

/** Other tools write references as `$NAME`, `${NAME}` and `{{ … }}`; Tocsin expands none of them. */
const LOOKS_LIKE_REFERENCE = /^\$\w+$|\$\{[^}]*\}|\{\{.*\}\}/su;

/** Faults of literal secrets: an error where one looks like a reference, else a warning where a secret must be one. */
export function secretFaults(schema: z.core.$ZodType, value: unknown): readonly Fault[] {
  return findSecrets(schema, value).flatMap(({ ref, path, mayBePlain }): Fault[] => {
    if (typeof ref !== "string") return [];
    if (LOOKS_LIKE_REFERENCE.test(ref)) {
      const message = "looks like a reference, which is not expanded; write { env: NAME } or { file: path }";
      return [{ level: "error", path, message }];
    }
    if (mayBePlain) return [];
    const message = "a secret written into the configuration; better { file: path } or { env: NAME }";
    return [{ level: "warning", path, message }];
  });
}
