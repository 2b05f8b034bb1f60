import { z } from "zod";

import { Duration, PositiveDuration } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";
import { recordTree } from "./options/template-tree.ts";

/** Most records in one request, so that a request stays small enough for a receiver. */
const LARGEST_BATCH = 1000;

/** The options of every sink. An optional one here has a default by type, or none. */
export const COMMON_FIELDS = {
  timeout: PositiveDuration.prefault("10s").describe("one attempt"),
  maxAge: PositiveDuration.optional().describe("how long delivery tries; without it without end"),
  rateLimit: strict({ count: z.int().min(1), per: PositiveDuration })
    .optional()
    .describe("at most so many messages in this time to each destination"),
  minSeverity: Severity.optional().describe("alerts below it are not sent"),
  sendResolved: z
    .union([z.boolean(), z.literal("proven")], { error: 'expected true, false or "proven"' })
    .default(true)
    .describe("whether ends are sent; proven: not after mere quiet or age"),
  logs: z
    .boolean()
    .default(true)
    .describe("whether messages may have lines of logs, where `kubernetes.evidence.logs` reads some"),
  fallback: z.string().min(1).optional().describe("the sink for messages that this one does not accept"),
  fallbackAfter: PositiveDuration.optional().describe(
    "how long a message waits before it goes to the fallback: 10m",
  ),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe("attempts at once to each destination; a group keeps its order"),
  title: z.string().min(1).optional().describe("replaces the built-in title; {{ CEL }} over the native body"),
  text: z.string().min(1).optional().describe("replaces the built-in text; {{ CEL }} over the native body"),
  batch: strict({
    size: z.int().min(1).max(LARGEST_BATCH).optional(),
    wait: Duration.prefault("1s"),
  })
    .prefault({})
    .describe(
      "for records: at most size in one request (1; to record stores 100), which waits at most this long for more",
    ),
  template: recordTree()
    .optional()
    .describe("for records: what is written of each, a tree whose texts have {{ CEL }} holes"),
} as const;

/** `COMMON_FIELDS` as an object; the keys are still those of the file. */
export const CommonFields = strict(COMMON_FIELDS);
export type CommonFields = z.infer<typeof CommonFields>;
