import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { Count, Instant, MOST_ROWS, pageOf } from "./fields.ts";

/** A notification or record that is not tried again. */
export const DeadLetter = z.object({
  id: z.string().describe("Of the delivery or record; the `webhook-id`."),
  sink: z.string().describe("Its destination; the sink may be gone."),
  kind: z.enum(["notification", "record"]).describe("A message, or a forwarded Event."),
  title: z.string().describe("Untrusted text."),
  error: z.string().describe("Why it is a dead letter."),
  attempts: Count.describe("Started attempts."),
  createdAt: Instant.describe("When it was made."),
  buriedAt: Instant.describe("When it became a dead letter."),
});
export type DeadLetter = Readonly<z.infer<typeof DeadLetter>>;

/** One page of dead letters. */
export const DeadLetterPage = pageOf(DeadLetter, "Newest first, by `buriedAt`.");
export type DeadLetterPage = Readonly<z.infer<typeof DeadLetterPage>>;

/** One dead letter with its content. */
export const OpenedDeadLetter = z.object({
  ...DeadLetter.shape,
  body: z
    .record(z.string(), z.unknown())
    .readonly()
    .describe("The notification or record in its native form: untrusted text."),
});
export type OpenedDeadLetter = Readonly<z.infer<typeof OpenedDeadLetter>>;

/** Which dead letters to change. */
export const DeadLetterChoice = z.union(
  [
    strict({
      ids: z.array(z.string().min(1).max(200)).min(1).max(MOST_ROWS).readonly().describe("These."),
    }),
    strict({
      all: z.literal(true).describe("All of the sink."),
      sink: z.string().min(1).describe("Its name."),
    }),
  ],
  { error: 'expected { "ids": […] } or { "all": true, "sink": … }' },
);
export type DeadLetterChoice = Readonly<z.infer<typeof DeadLetterChoice>>;

/** The result of changing dead letters. */
export const DeadLettersChanged = z.object({
  done: Count.describe("Number of retried or dropped ones."),
  unknown: z.array(z.string()).readonly().describe("Ids that are no dead letters, or not any more."),
  withoutSink: z.array(z.string()).readonly().describe("Ids whose sink is not configured; they stay."),
});
export type DeadLettersChanged = Readonly<z.infer<typeof DeadLettersChanged>>;

/** The answers about dead letters: a page of them, and the result of changing some. */
export const DEAD_LETTER_SCHEMAS = { page: DeadLetterPage, changed: DeadLettersChanged } as const;
