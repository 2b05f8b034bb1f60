import { z } from "zod";

import { classifyStatus, DeliveryError } from "../../egress/index.ts";
import { type CompiledPattern, compilePattern, PatternSpec } from "../../expression/index.ts";
import { strict } from "../../lib/schema.ts";

/** A pattern on the text of an answer, compiled. */
const BodyPattern = PatternSpec.transform((spec, context): CompiledPattern => {
  const { value, faults } = compilePattern(spec);
  for (const { path, message, offset } of faults)
    context.addIssue({ code: "custom", path: [...path], message, params: { offset } });
  return value ?? z.NEVER;
});

const Status = z.int().min(200).max(599);

/** Which answers of a receiver are an acceptance, for one that says 200 and means no. */
export const Expectation = strict({
  status: z
    .union([Status, z.array(Status).min(1)])
    .optional()
    .describe("the statuses of an acceptance; without it every 2xx"),
  body: BodyPattern.optional().describe("a pattern on the text of an accepting answer"),
  class: z
    .enum(["transient", "poison", "broken"])
    .default("transient")
    .describe("what any other 2xx answer is: tried again, a dead letter, or a sink to be mended"),
});
export type Expectation = z.infer<typeof Expectation>;

/** An answer of a receiver. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body is whole. */
  readonly complete: boolean;
}

/**
 * Classifies an answer by what is expected of it: undefined for an acceptance.
 *
 * @param now Epoch milliseconds. @param said A piece of the body, without secrets.
 */
export function judgeAnswer(
  answer: Answered,
  expected: Expectation | undefined,
  { now, said }: { readonly now: number; readonly said: string },
): DeliveryError | undefined {
  const { status, headers, body, complete } = answer;
  const statuses = expected?.status === undefined ? undefined : [expected.status].flat();
  const isFine = statuses?.includes(status) ?? isSuccess(status);
  if (!isFine && !isSuccess(status)) return classifyStatus(status, headers, now, said);
  if (expected === undefined) return undefined;
  if (!isFine) return refusal(expected, `the receiver answered ${status}, which is no acceptance here`, said);
  if (expected.body === undefined || expected.body.test(body)) return undefined;
  if (!complete) return DeliveryError.transient("network", "the answer is cut off, and its text decides");
  return refusal(expected, `the receiver answered ${status} with a text that is no acceptance`, said);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function refusal({ class: kind }: Expectation, message: string, said: string): DeliveryError {
  return DeliveryError[kind]("rejected", message, { said });
}
