/** Every kind of failure that leaves a folder. docs/errors.md explains each and its remedy. */
export type ErrorCode =
  | "ERR_USAGE"
  | "ERR_CONFIG_INVALID"
  | "ERR_EXPRESSION_INVALID"
  | "ERR_SECRET_UNRESOLVED"
  | "ERR_CREDENTIALS"
  | "ERR_API"
  | "ERR_STORE"
  | "ERR_STATE_DAMAGED"
  | "ERR_FENCED"
  | "ERR_DELIVERY"
  | "ERR_REPORT"
  | "ERR_INTERNAL";

/** The base of every error this program throws on purpose. Messages are lower case, without a full stop. */
export class TocsinError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TocsinError";
    this.code = code;
  }
}

/** Whether it says that another process has taken over: final, and never to be repeated. */
export function isFenced(thrown: unknown): boolean {
  return thrown instanceof TocsinError && thrown.code === "ERR_FENCED";
}

/** Whether it says that the state is damaged, which the next start mends. */
export function isStateDamaged(thrown: unknown): boolean {
  return thrown instanceof TocsinError && thrown.code === "ERR_STATE_DAMAGED";
}

/** Foreign texts are quoted up to this many characters. */
const LONGEST_QUOTE = 256;

/** Turns a thrown value into an Error; the original stays as `cause`. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(String(thrown).slice(0, LONGEST_QUOTE), { cause: thrown });
}

// oxlint-disable-next-line no-control-regex -- control characters are what is removed
const CONTROL = /[\u0000-\u001f\u007f]+/gu;

/**
 * One line for a log or a dead letter: the message and those of its causes, without repetitions, cut to 256 characters.
 */
export function errorText(thrown: unknown): string {
  const parts: string[] = [];
  for (let cause = thrown; cause !== undefined && cause !== null && parts.length < 4;) {
    const error = toError(cause);
    if (error.message !== "" && !parts.some((part) => part.includes(error.message)))
      parts.push(error.message);
    // A thrown value that is no error is its own cause.
    cause = cause instanceof Error ? error.cause : undefined;
  }
  return parts.join(": ").replaceAll(CONTROL, " ").slice(0, LONGEST_QUOTE);
}

/** Causes that are followed; a longer chain goes in a circle. */
const MOST_CAUSES = 10;

/** Whether an error or one of its causes has one of these codes, such as `ECONNREFUSED`. */
export function hasCode(thrown: unknown, codes: ReadonlySet<unknown>): boolean {
  let error = thrown;
  for (let depth = 0; error instanceof Error && depth < MOST_CAUSES; depth++) {
    if ("code" in error && codes.has(error.code)) return true;
    error = error.cause;
  }
  return false;
}
