import { z } from "zod";

import { parseDuration, WRITTEN_DURATION } from "../../lib/duration.ts";
import { decodeCursor } from "../paging.ts";

/** A moment in an answer: RFC 3339, UTC, milliseconds. */
export const Instant = z.iso.datetime();

/** A count, 0 or more. */
export const Count = z.int().min(0);

/** Longer than anything is kept. */
const EVER_MS = 366 * 86_400_000;

/** Rows of one answer at most. */
export const MOST_ROWS = 500;

/** The parameter `limit` of a list. */
export function limitUpTo(most: number, description: string, usual = 100): z.ZodType<number> {
  return z.coerce
    .number({ error: ({ code }) => (code === "invalid_type" ? "expected a number" : undefined) })
    .int()
    .min(1)
    .max(most)
    .default(usual)
    .describe(description);
}

/** Parameters of every list. */
export const PAGING = {
  limit: limitUpTo(MOST_ROWS, `Rows in the answer at most, 1 to ${MOST_ROWS}.`),
  cursor: z
    .string()
    .min(1)
    .transform((text, context) => {
      const cursor = decodeCursor(text);
      if (cursor !== undefined) return cursor;
      context.addIssue({ code: "custom", message: "not a cursor; it is the next of the page before" });
      return z.NEVER;
    })
    .optional()
    .describe("The `next` of the page before; the other parameters stay the same."),
} as const;

/** The sinks that have an alert. */
export const SENT_TO = {
  sent: z
    .array(z.string())
    .readonly()
    .describe("Sinks with a message that it fires: the receiver has it, or it is in the outbox."),
  accepted: z.array(z.string()).readonly().describe("Those of `sent` whose receiver has accepted one."),
} as const;

/** A name to filter a list by. */
export function filter(description: string): z.ZodOptional<z.ZodString> {
  return z.string().min(1).max(500).optional().describe(description);
}

/** How far back the list goes. */
export type Since = { readonly agoMs: number } | { readonly at: number };

/** A duration back from now, or a moment. A duration that is longer than any reaches to the beginning. */
export const Since = z
  .string()
  .meta({ anyOf: [{ pattern: WRITTEN_DURATION.source }, { format: "date-time" }] })
  .transform((text, context): Since => {
    if (WRITTEN_DURATION.test(text)) return { agoMs: parseDuration(text) ?? EVER_MS };
    if (z.iso.datetime({ offset: true }).safeParse(text).success) return { at: Date.parse(text) };
    context.addIssue({
      code: "custom",
      message: `neither a duration nor a time: ${JSON.stringify(text)} (write 1h, 7d or 2026-06-01T10:00:00Z)`,
    });
    return z.NEVER;
  });

/** Epoch milliseconds. @param now The same. */
export function momentOf(since: Since, now: number): number {
  return "at" in since ? since.at : now - since.agoMs;
}

/** One page of a list. */
export type PageOf<Item extends z.ZodType> = z.ZodObject<{
  at: typeof Instant;
  items: z.ZodReadonly<z.ZodArray<Item>>;
  next: z.ZodNullable<z.ZodString>;
}>;

/** The schema of one page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item, order: string): PageOf<Item> {
  return z.object({
    at: Instant.describe("Time of this answer, by the server's clock."),
    items: z.array(item).readonly().describe(order),
    next: z.string().nullable().describe("The `cursor` of the next page; null when this is the last."),
  });
}
