import { z } from "zod";

import type { Fault } from "./schema.ts";
import type { Scrubber } from "./scrub.ts";
import { Secret, SecretRef } from "./secret.ts";

/** A value that may be given as a secret but need not be one, such as a webhook's URL; a literal is no warning. */
export const PlainOrSecret = z.union([...SecretRef.options], {
  error: "expected a string, { file: path } or { env: NAME }",
});

/** What is needed to open a secret. */
export interface SecretSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Makes an absolute path of one in the configuration. */
  readonly resolvePath: (path: string) => string;
  readonly scrubber: Scrubber;
}

/** The secret behind an option. What it reveals is scrubbed from every log and error from then on. */
export function openSecret(ref: SecretRef, surroundings: SecretSurroundings): Secret {
  const secret = sourceOf(ref, surroundings);
  const reveal = secret.reveal.bind(secret);
  return Object.assign(secret, {
    reveal: () => {
      const value = reveal();
      surroundings.scrubber.add(value);
      return value;
    },
  });
}

function sourceOf(ref: SecretRef, { env, resolvePath }: SecretSurroundings): Secret {
  if (typeof ref === "string") return Secret.literal(ref);
  return "file" in ref ? Secret.fromFile(resolvePath(ref.file)) : Secret.fromEnv(ref.env, env);
}

/** `$NAME`, `${NAME}` and `{{ … }}` are how other tools write references; nothing here expands them. */
const LOOKS_LIKE_REFERENCE = /^\$\w+$|\$\{[^}]*\}|\{\{.*\}\}/su;

/**
 * Literal secrets in a value: an error where one looks like a reference, a warning elsewhere.
 *
 * @param schema What the value is checked with; options made with `SecretRef` or `PlainOrSecret` are found in it.
 */
export function secretFaults(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly Fault[] {
  // The base type knows no definitions; every schema that zod makes is one of these.
  const { _zod } = schema as z.core.$ZodTypes;
  const def = _zod.def;
  if (def.type === "union") {
    // A refined schema is another object, but keeps its options.
    const isSecret = def.options === SecretRef.def.options;
    if (isSecret || def.options === PlainOrSecret.def.options) {
      return typeof value === "string" ? literalFault(value, isSecret, path) : [];
    }
    return def.options.flatMap((option) => secretFaults(option, value, path));
  }
  if (def.type === "object") {
    return entriesOf(value).flatMap(([key, inner]) => {
      const field = def.shape[key];
      return field === undefined ? [] : secretFaults(field, inner, [...path, key]);
    });
  }
  if (def.type === "record") {
    return entriesOf(value).flatMap(([key, inner]) => secretFaults(def.valueType, inner, [...path, key]));
  }
  if (def.type === "array") {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((inner, index) => secretFaults(def.element, inner, [...path, index]));
  }
  if (def.type === "pipe") return secretFaults(def.in, value, path);
  return "innerType" in def ? secretFaults(def.innerType, value, path) : [];
}

function literalFault(value: string, isSecret: boolean, path: readonly (string | number)[]): Fault[] {
  if (LOOKS_LIKE_REFERENCE.test(value)) {
    const message = "looks like a reference, which is not expanded; write { env: NAME } or { file: path }";
    return [{ level: "error", path, message }];
  }
  if (!isSecret) return [];
  const message = "a secret written into the configuration; better { file: path } or { env: NAME }";
  return [{ level: "warning", path, message }];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
