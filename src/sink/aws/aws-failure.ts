import { DeliveryError, type Failure, type FailureClass } from "../../egress/index.ts";
import type { AwsError } from "./read-aws-error.ts";

type Meaning = readonly [Failure, FailureClass, remedy?: string];

const BUSY: Meaning = ["rate-limited", "transient"];
const AWAY: Meaning = ["server", "transient"];
const DENIED: Meaning = ["unauthorized", "broken"];
const MISSING: Meaning = ["not-found", "broken"];
const WRONG: Meaning = ["misconfigured", "broken"];
const TOO_LARGE: Meaning = ["too-large", "poison"];
const SIGNATURE: Meaning = ["unauthorized", "broken", "check the secret key and the clock"];
const EXPIRED: Meaning = ["unauthorized", "broken", "the credentials have expired"];

/**
 * Words with another meaning than their status, without `Exception` at the end. Sources: "Common errors" of each API
 * reference, its page of the call, and the model of the service in botocore.
 */
const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ...each(BUSY, ["Throttling", "Throttled", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests"]),
  ...each(BUSY, ["KmsThrottled", "KMSThrottling", "BandwidthLimitExceeded", "SlowDown", "LimitExceeded"]),
  ...each(AWAY, [
    "ServiceUnavailable",
    "InternalFailure",
    "InternalError",
    "Internal",
    "InternalServerError",
  ]),
  ...each(AWAY, ["RequestTimeout", "IDPCommunicationError", "PriorRequestNotComplete"]),
  ...each(DENIED, [
    "AccessDenied",
    "AuthorizationError",
    "NotAuthorized",
    "InvalidClientTokenId",
    "OptInRequired",
  ]),
  ...each(DENIED, [
    "UnrecognizedClient",
    "MissingAuthenticationToken",
    "InvalidAccessKeyId",
    "RegionDisabled",
  ]),
  ...each(DENIED, ["InvalidIdentityToken", "IDPRejectedClaim", "NotAuthorizedForSource"]),
  ...each(DENIED, ["KmsAccessDenied", "KMSAccessDenied", "KmsOptInRequired", "KMSOptInRequired"]),
  ...each(SIGNATURE, ["SignatureDoesNotMatch", "InvalidSignature", "IncompleteSignature"]),
  ...each(SIGNATURE, ["RequestExpired", "RequestTimeTooSkewed"]),
  ...each(EXPIRED, ["ExpiredToken"]),
  ...each(MISSING, ["QueueDoesNotExist", "NonExistentQueue", "NotFound", "ResourceNotFound"]),
  ...each(MISSING, ["KmsNotFound", "KMSNotFound"]),
  ...each(WRONG, ["InvalidSecurity", "UnsupportedOperation", "InvalidAddress", "KmsInvalidKeyUsage"]),
  ...each(WRONG, ["KmsDisabled", "KMSDisabled", "KmsInvalidState", "KMSInvalidState"]),
  ...each(TOO_LARGE, ["BatchRequestTooLong", "RequestEntityTooLarge", "TooManyEntriesInBatchRequest"]),
]);

function each(meaning: Meaning, codes: readonly string[]): readonly (readonly [string, Meaning])[] {
  return codes.map((code) => [code, meaning]);
}

/** Where a refusal came from. */
interface Refusal {
  /** As people call it: SQS. */
  readonly service: string;
  /** The failure by the status; undefined for an entry of a request that was accepted. */
  readonly status: DeliveryError | undefined;
  /** A text of the answer for an error: one line, cut, without secrets. */
  readonly quote: (text: string) => string;
}

/** Classifies a refusal: by its word, else by its status, else by whom it blames. */
export function awsFailure(error: AwsError, { service, status, quote }: Refusal): DeliveryError {
  const { code, message, isSenderFault } = error;
  const known = WORDS.get(code.replace(/Exception$/u, ""));
  const [failure, kind, remedy] = known ?? byStatus(status, isSenderFault);
  const summary = `${service} answered ${code}${remedy === undefined ? "" : `: ${remedy}`}`;
  // A refused signature is answered with all that was signed, the session token included.
  const said = known === SIGNATURE ? "" : quote(message);
  return DeliveryError[kind](failure, summary, { said, retryAfterMs: status?.retryAfterMs });
}

/** Whether AWS refused the key itself, so that another one may help. */
export function isKeyRefused({ code }: AwsError): boolean {
  return /^(?:ExpiredToken|InvalidClientTokenId|UnrecognizedClient)/u.test(code);
}

function byStatus(status: DeliveryError | undefined, isSenderFault: boolean | undefined): Meaning {
  if (status !== undefined) return [status.failure, status.class];
  return isSenderFault === false ? AWAY : ["rejected", "poison"];
}
