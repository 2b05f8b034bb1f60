import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { z } from "zod";

/** The start of a story inside the file; every time in its Events is relative to it. */
export const STORY_START = Date.parse("2000-01-01T00:00:00Z");

/** Three folders up from the sources and from the built files. */
const FOLDER = new URL("../../../scenarios/", import.meta.url);

const at = z.int().nonnegative();

const Line = z.union([
  z.strictObject({ at, chapter: z.string().min(1) }),
  z.strictObject({
    at,
    event: z.looseObject({ metadata: z.looseObject({ namespace: z.string(), name: z.string() }) }),
  }),
  z.strictObject({
    at,
    namespace: z.string(),
    name: z.string(),
    patch: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ at, end: z.literal(true) }),
]);
type Line = z.infer<typeof Line>;

/** A part of the story with a title for people; `at` in milliseconds of story time. */
export type Chapter = Extract<Line, { chapter: string }>;

/** A chapter that begins, a recorded Event that is created, or a recorded change of one. */
export type Step = Exclude<Line, { end: true }>;

/** Recorded Events in writing order. */
export interface Scenario {
  /** By `at`, ascending. */
  readonly steps: readonly Step[];
  /** Milliseconds from the first step to the end, which may be long after the last step. */
  readonly durationMs: number;
}

/** Reads a scenario of the package, by its name: `demo`. */
export function loadScenario(name: string): Scenario {
  const lines = readFileSync(fileURLToPath(new URL(`${name}.jsonl`, FOLDER)), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)));
  return {
    steps: lines.filter((line): line is Step => !("end" in line)),
    durationMs: lines.at(-1)?.at ?? 0,
  };
}
