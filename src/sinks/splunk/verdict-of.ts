import { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import type { StoreAnswer, StoreVerdict } from "../../sink/records/index.ts";

/** https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector */
const HecAnswer = z.object({
  text: z.string().default(""),
  code: z.int(),
  "invalid-event-number": z.int().min(0).optional(),
});

/** Success, and success while the queue fills. */
const ACCEPTED = new Set([0, 24]);

/** Codes of status 400 that are no fault of the events, with what a person has to do. */
const TO_MEND: ReadonlyMap<number, string> = new Map([
  [7, "the token may not write to this index"],
  [10, "the token wants indexer acknowledgment: use one without it"],
  [11, "the token wants indexer acknowledgment: use one without it"],
  [14, "indexer acknowledgment is off for the token"],
  [16, "the URL has a token in its query, which is switched off"],
]);

/** Classifies the answer of Splunk's HTTP Event Collector. */
export function verdictOf({ status, body, error, count, quote }: StoreAnswer): StoreVerdict {
  const answer = parse(body);
  if (answer === undefined) return error;
  const { code, text, "invalid-event-number": invalid } = answer;
  if (error === undefined && ACCEPTED.has(code)) return undefined;
  const message = `Splunk answered ${status} with code ${code}`;
  const said = quote(text);
  const remedy = TO_MEND.get(code);
  if (remedy !== undefined) return DeliveryError.broken("misconfigured", `${message}: ${remedy}`, { said });
  if (error === undefined) return DeliveryError.transient("server", message, { said });
  if (error.class !== "poison" || invalid === undefined || invalid >= count) return error;
  return oneRefused(invalid, count, DeliveryError.poison("rejected", message, { said }));
}

/** Splunk reads up to the first bad event and names it. The others are written again, without it. */
function oneRefused(invalid: number, count: number, refused: DeliveryError): StoreVerdict {
  const message = "another event of the request was refused";
  const other = DeliveryError.transient("rejected", message);
  return Array.from({ length: count }, (_, index) => (index === invalid ? refused : other));
}

function parse(body: string): z.infer<typeof HecAnswer> | undefined {
  try {
    return HecAnswer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
