import { DeliveryError, type Failure, type FailureClass, toDeliveryError } from "../../egress/index.ts";

type Meaning = readonly [Failure, FailureClass];

const DENIED: Meaning = ["unauthorized", "broken"];
const WRONG: Meaning = ["misconfigured", "broken"];
const TOO_LARGE: Meaning = ["too-large", "poison"];
const REFUSED: Meaning = ["rejected", "poison"];

/** Kafka's words for what waiting does not mend (https://kafka.apache.org/protocol#protocol_error_codes); others pass. */
const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["SASL_AUTHENTICATION_FAILED", DENIED],
  ["TOPIC_AUTHORIZATION_FAILED", DENIED],
  ["CLUSTER_AUTHORIZATION_FAILED", DENIED],
  ["UNSUPPORTED_SASL_MECHANISM", WRONG],
  ["ILLEGAL_SASL_STATE", WRONG],
  ["UNSUPPORTED_VERSION", WRONG],
  ["POLICY_VIOLATION", REFUSED],
  ["INVALID_TOPIC_EXCEPTION", WRONG],
  ["UNKNOWN_TOPIC_OR_PARTITION", ["not-found", "broken"]],
  ["MESSAGE_TOO_LARGE", TOO_LARGE],
  ["RECORD_LIST_TOO_LARGE", TOO_LARGE],
  ["INVALID_RECORD", REFUSED],
  ["INVALID_TIMESTAMP", REFUSED],
  ["THROTTLING_QUOTA_EXCEEDED", ["rate-limited", "transient"]],
]);

/** Classifies whatever the package threw. Its own messages may hold addresses and stay out. */
export function kafkaFailure(thrown: unknown, signal: AbortSignal): DeliveryError {
  if (signal.aborted) return toDeliveryError(thrown, signal, "connection");
  const inside = errorsIn(thrown);
  const own = inside.find((error) => error instanceof DeliveryError);
  if (own !== undefined) return own;
  const words = inside.map(wordOf).filter((word) => word !== undefined);
  // A word that says what to mend counts more than one of a broker that was away.
  const word = words.find((each) => WORDS.has(each)) ?? words[0];
  if (word !== undefined) {
    const [failure, kind] = WORDS.get(word) ?? ["server", "transient"];
    return DeliveryError[kind](failure, `Kafka answered ${word}`);
  }
  const codes = inside.map(codeOf);
  if (codes.includes("PLT_KFK_AUTHENTICATION"))
    return DeliveryError.broken("unauthorized", "Kafka refused the login");
  // The package looks a topic up before it produces, and has no code for one that is missing.
  if (inside.some(({ message }) => message.startsWith("Unknown topic ")))
    return DeliveryError.broken("not-found", "Kafka has no such topic");
  const foreign = inside.find((error) => !/^(?:PLT_KFK_|$)/u.test(codeOf(error)));
  if (foreign !== undefined) return toDeliveryError(foreign, signal, "connection");
  if (codes.includes("PLT_KFK_TIMEOUT"))
    return DeliveryError.transient("timeout", "no answer of Kafka within the timeout");
  if (codes.some((code) => code.startsWith("PLT_KFK_")))
    // Some brokers end a connection whose login they refuse without a word, and so does one that stops.
    return DeliveryError.transient("network", "Kafka ended the connection; check the login if that lasts");
  return toDeliveryError(thrown, signal, "connection");
}

/** An error, those that it gathers, and their causes, outermost first. */
function errorsIn(thrown: unknown, depth = 0): readonly Error[] {
  if (!(thrown instanceof Error) || depth > 8) return [];
  const gathered: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [];
  return [thrown, ...[...gathered, thrown.cause].flatMap((inner) => errorsIn(inner, depth + 1))];
}

function wordOf(error: Error): string | undefined {
  return "apiId" in error && typeof error.apiId === "string" ? error.apiId : undefined;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
