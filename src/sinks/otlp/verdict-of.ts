import { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import { readProtobuf } from "../../lib/read-protobuf.ts";
import type { StoreAnswer, StoreVerdict } from "../../sink/records/index.ts";

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes: no other answer may be tried again. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** The records that a receiver refused although it took the request. */
interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Classifies the answer of an OTLP receiver. A refusal is final for every record, and so it is not tried in halves; only
 * a body that is too large is. A wrong address or token is waited for, because that is no fault of the records.
 *
 * @param onPartial Is told of a request of which some records were refused: nobody knows which, and they must not be sent
 *   again.
 */
export function verdictOf(answer: StoreAnswer, onPartial: (partial: PartialSuccess) => void): StoreVerdict {
  const { status, error, count } = answer;
  if (error === undefined) return partialVerdict(answer, onPartial);
  const isWhole = RETRYABLE.has(status) || error.class === "broken" || error.failure === "too-large";
  return isWhole ? error : Array.from({ length: count }, fill(error.with({ class: "poison" })));
}

function partialVerdict(answer: StoreAnswer, onPartial: (partial: PartialSuccess) => void): StoreVerdict {
  const partial = partialSuccessOf(answer);
  if (partial.rejected === 0 && partial.message === "") return undefined;
  const said = answer.quote(partial.message);
  if (partial.rejected < answer.count) {
    onPartial({ ...partial, message: said });
    return undefined;
  }
  const error = DeliveryError.poison("rejected", "the receiver refused the record", { said });
  return Array.from({ length: answer.count }, fill(error));
}

function fill<Value>(value: Value): () => Value {
  return () => value;
}

const Partial = z.object({
  partialSuccess: z
    .object({ rejectedLogRecords: z.coerce.number().default(0), errorMessage: z.string().default("") })
    .default({ rejectedLogRecords: 0, errorMessage: "" }),
});

/** An answer that cannot be read is a success: its status says so. */
function partialSuccessOf({ body, bytes }: StoreAnswer): PartialSuccess {
  try {
    if (!body.trimStart().startsWith("{")) return fromProtobuf(bytes);
    const { partialSuccess } = Partial.parse(JSON.parse(body));
    return { rejected: partialSuccess.rejectedLogRecords, message: partialSuccess.errorMessage };
  } catch {
    return { rejected: 0, message: "" };
  }
}

/** `ExportLogsServiceResponse`, opentelemetry/proto/collector/logs/v1/logs_service.proto */
function fromProtobuf(bytes: Uint8Array): PartialSuccess {
  const partial = readProtobuf(bytes).find(({ number }) => number === 1)?.value;
  if (!(partial instanceof Uint8Array)) return { rejected: 0, message: "" };
  let rejected = 0;
  let message = "";
  for (const { number, value } of readProtobuf(partial)) {
    if (number === 1 && typeof value === "bigint") rejected = Number(value);
    if (number === 2 && value instanceof Uint8Array) message = Buffer.from(value).toString();
  }
  return { rejected, message };
}
