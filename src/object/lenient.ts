import { z } from "zod";

import { cutMiddle } from "../lib/cut-middle.ts";
import { parseInstant } from "../lib/parse-instant.ts";

/** Longest name or reason of a status, UTF-16 code units; a Kubernetes name has at most 253. */
export const LONGEST_WORD = 256;

/** Longest message of a status, UTF-16 code units. */
export const LONGEST_MESSAGE = 2048;

// A status is written by controllers, and by anybody who may patch it. So a field of another type reads as one that is
// missing, and the fields beside it still count.

/** A word such as a name, a phase or a reason; "" where none is given. */
export const word = z
  .string()
  .catch("")
  .transform((value) => cutMiddle(value, LONGEST_WORD));

/** A sentence; "" where none is given. */
export const sentence = z
  .string()
  .catch("")
  .transform((value) => cutMiddle(value, LONGEST_MESSAGE));

/** A count; 0 where none is given, as the API server leaves out zeros. */
export const count = z.int().nonnegative().catch(0);

/** A number that may be left out, and then is not 0. */
export const optionalCount = z.int().nonnegative().optional().catch(undefined);

/** A truth value; false where none is given. */
export const flag = z.boolean().catch(false);

/** An RFC 3339 time in milliseconds since 1970; undefined where none, or none that can be read, is given. */
export const instant = z
  .string()
  .transform((value) => parseInstant(value))
  .optional()
  .catch(undefined);

/** The first entries of a list; entries of another shape, and what is no list, are left out. */
export function listOf<Entry extends z.ZodType>(entry: Entry, most: number): z.ZodType<z.output<Entry>[]> {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) =>
      values.slice(0, most).flatMap((value) => {
        const parsed = entry.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

/** A part of an object; one that is missing, or is no mapping, reads as empty. Each of its fields bears being missing. */
export function part<Shape extends z.ZodRawShape>(shape: Shape): z.ZodCatch<z.ZodObject<Shape>> {
  const schema = z.object(shape);
  return schema.catch(() => schema.parse({}));
}
