import { z } from "zod";

import { DeliveryError, type Failure, type FailureClass } from "../../egress/index.ts";
import type { StoreAnswer, StoreVerdict } from "../../sink/records/index.ts";

const SlsAnswer = z.object({ errorCode: z.string(), errorMessage: z.string().default("") });

/**
 * Words whose class their status does not say
 * (https://www.alibabacloud.com/help/en/sls/developer-reference/error-codes). Those that end in "Exceed" are quotas,
 * with status 403.
 */
const WORDS: ReadonlyMap<string, readonly [Failure, FailureClass]> = new Map([
  ["Unauthorized", ["unauthorized", "broken"]],
  ["SignatureNotMatch", ["unauthorized", "broken"]],
  ["RequestTimeExpired", ["misconfigured", "broken"]],
  ["RequestTimeTooSkewed", ["misconfigured", "broken"]],
  ["ProjectNotExist", ["not-found", "broken"]],
  ["LogStoreNotExist", ["not-found", "broken"]],
  ["PostBodyTooLarge", ["too-large", "poison"]],
  ["PostBodyInvalid", ["rejected", "poison"]],
  ["InvalidTimestamp", ["rejected", "poison"]],
  ["ServerBusy", ["server", "transient"]],
  ["InternalServerError", ["server", "transient"]],
]);

/** Classifies the answer of the log service. */
export function verdictOf({ status, body, error, quote }: StoreAnswer): StoreVerdict {
  if (error === undefined) return undefined;
  const answer = parse(body);
  if (answer === undefined) return error;
  const { errorCode, errorMessage } = answer;
  const known = errorCode.endsWith("Exceed")
    ? (["rate-limited", "transient"] as const)
    : WORDS.get(errorCode);
  if (known === undefined) return error;
  const [failure, kind] = known;
  const clock = failure === "misconfigured" ? "; the clock of this machine is wrong" : "";
  const { retryAfterMs } = error;
  const message = `the log service answered ${status} ${errorCode}${clock}`;
  return DeliveryError[kind](failure, message, { said: quote(errorMessage), retryAfterMs });
}

function parse(body: string): z.infer<typeof SlsAnswer> | undefined {
  try {
    return SlsAnswer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
