import { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import type { StoreAnswer, StoreVerdict } from "../../sink/records/index.ts";

/** https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk, as far as `filter_path` asks for it. */
const BulkAnswer = z.object({
  errors: z.boolean(),
  items: z
    .array(
      z.record(
        z.string(),
        z.object({
          status: z.int(),
          error: z.object({ type: z.string(), reason: z.string().default("") }).optional(),
        }),
      ),
    )
    .default([]),
});
type Item = z.infer<typeof BulkAnswer>["items"][number][string];

/** The part of the answer that `verdictOf` reads, so that it stays short. */
export const FILTER_PATH = "errors,items.*.status,items.*.error.type,items.*.error.reason";

/**
 * Classifies the answer to a bulk request: a refusal of the request as a whole, or one outcome for each document. An
 * answer that cannot be read is asked for again, because a repeat changes nothing.
 */
export function verdictOf({ body, error, count, quote, complete }: StoreAnswer): StoreVerdict {
  if (error !== undefined) return error;
  const answer = complete ? parse(body) : undefined;
  if (answer === undefined) return unreadable({ body, count, quote, complete });
  if (!answer.errors) return undefined;
  if (answer.items.length !== count) return unreadable({ body, count, quote, complete });
  // Documents with the same error share it, so that it counts as one failure.
  const errors = new Map<string, DeliveryError>();
  return answer.items.map((item) => {
    const [one] = Object.values(item);
    if (one === undefined || isStored(one)) return undefined;
    const key = `${one.status} ${one.error?.type}`;
    const failure = errors.get(key) ?? failureOf(one, quote);
    errors.set(key, failure);
    return failure;
  });
}

/** A conflict says that the document, or a newer state of it, is there already. */
function isStored({ status }: Item): boolean {
  return status < 300 || status === 409;
}

function failureOf({ status, error }: Item, quote: StoreAnswer["quote"]): DeliveryError {
  const { type = "", reason = "" } = error ?? {};
  const message = `the index answered ${status}${type === "" ? "" : ` ${type}`}`;
  const said = quote(reason);
  if (status === 429) return DeliveryError.transient("rate-limited", message, { said });
  // Of a disk that is nearly full, or of a node that starts: both pass. Elasticsearch before 7.12 says 403 for it.
  if (status >= 500 || type === "cluster_block_exception")
    return DeliveryError.transient("server", message, { said });
  if (status === 401 || status === 403) return DeliveryError.broken("unauthorized", message, { said });
  if (type === "index_not_found_exception") return DeliveryError.broken("not-found", message, { said });
  return DeliveryError.poison("rejected", message, { said });
}

function parse(body: string): z.infer<typeof BulkAnswer> | undefined {
  try {
    return BulkAnswer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Errors of many documents may be longer than what is read of an answer: that of fewer documents is shorter. */
function unreadable({
  body,
  count,
  quote,
  complete,
}: Pick<StoreAnswer, "body" | "count" | "quote" | "complete">): DeliveryError {
  if (complete && count > 1 && body.startsWith('{"errors":true'))
    return DeliveryError.poison("too-large", `the answer about ${count} documents is too long`);
  const what = complete ? "is not that of a bulk request" : "was cut off";
  return DeliveryError.transient("server", `the answer ${what}`, { said: complete ? quote(body) : "" });
}
