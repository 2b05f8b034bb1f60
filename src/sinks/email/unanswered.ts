import type { DeliveryError } from "../../egress/index.ts";

/** A mail is written to the server at most so many times without an answer, since each time may be a copy of it. */
const MOST_UNANSWERED = 3;

/** Before the second time; before each further one as long again. */
const WAIT_MS = 15 * 60_000;

/** Whether a mail was written so often without an answer that it is not written again. */
export function isUnansweredForGood(times: number): boolean {
  return times >= MOST_UNANSWERED;
}

/**
 * The failure of a mail that was written as a whole and got no answer: the server may have it. It is tried again late,
 * and after the third time never.
 *
 * @param times How often that has happened to this mail, this time included.
 * @param remaining For the next attempt.
 */
export function unansweredFailure(error: DeliveryError, times: number, remaining: unknown): DeliveryError {
  if (isUnansweredForGood(times)) {
    return error.with({
      class: "poison",
      message: `the mail was written ${times} times without an answer of the server: the recipients may have it; it is not sent again`,
    });
  }
  const waitMs = WAIT_MS * times;
  return error.with({
    message: `the whole mail was written, then: ${error.message}; the recipients may have it, so the next attempt is in ${waitMs / 60_000} minutes (${times} of ${MOST_UNANSWERED})`,
    contentWaitMs: waitMs,
    remaining,
  });
}
