import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import type { Severity } from "../../lib/severity.ts";

const MOST_MENTIONS = 10;

/** Whom a message calls, by its severity: texts that the receiver turns into a mention. */
export type Mentions = Readonly<Partial<Record<Severity, readonly string[] | undefined>>>;

/**
 * The option `mentions` of a chat.
 *
 * @param hint Named in the fault of another text: "write <@123> for a person".
 */
export function mentionsOption(pattern: RegExp, hint: string): z.ZodType<Mentions> {
  const mention = z.string().regex(pattern, {
    error: ({ input }) => `not a mention: ${JSON.stringify(input)} (${hint})`,
  });
  const list = z.array(mention, { error: "expected a list of mentions" }).max(MOST_MENTIONS).optional();
  return strict({ critical: list, warning: list, info: list })
    .default({})
    .describe("who is called, by severity, when something fires");
}

/** The mentions of a message: none in an end or a test. */
export function mentionsOf(
  mentions: Mentions | undefined,
  { severity, status, test }: Pick<Notification, "severity" | "status" | "test">,
): readonly string[] {
  return status === "firing" && !test ? (mentions?.[severity] ?? []) : [];
}
