import type { NodemailerError, SendMailOptions } from "nodemailer";

import type { DeliveryError } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { toSmtpError } from "./smtp-error.ts";
import type { MailTransport } from "./transport.ts";

/** The limits of one transmission. */
export interface TransmitBounds {
  readonly clock: Clock;
  /** Until the end of the mail is written, connecting and logging in included; milliseconds. */
  readonly timeoutMs: number;
  /** From then on until the server's answer to it, milliseconds. */
  readonly dataTimeoutMs: number;
  /** Ends the transmission at any time. */
  readonly signal: AbortSignal;
}

/**
 * The end of one transmission:
 * `answered`: the server took the mail for all recipients but the refused ones, which may be all of them ·
 * `unanswered`: the whole mail was written and no answer came, so nobody knows whether the server has it.
 */
export type Transmission =
  | { readonly end: "answered"; readonly refused: readonly NodemailerError[] }
  | { readonly end: "unanswered"; readonly error: DeliveryError };

/**
 * Hands one mail to the server.
 *
 * @throws {DeliveryError} when the server does not have it, and when it refused it as a whole.
 */
export async function transmit(
  transport: MailTransport,
  mail: SendMailOptions,
  { clock, timeoutMs, dataTimeoutMs, signal }: TransmitBounds,
): Promise<Transmission> {
  const late = new AbortController();
  const expire = (ms: number): (() => void) =>
    clock.after(ms, () =>
      late.abort(new DOMException("the mail server does not answer in time", "TimeoutError")),
    );
  let cancel = expire(timeoutMs);
  let isWritten = false;
  const either = AbortSignal.any([signal, late.signal]);
  try {
    const refused = await transport.send(mail, either, () => {
      isWritten = true;
      cancel();
      cancel = expire(dataTimeoutMs);
    });
    return { end: "answered", refused };
  } catch (thrown) {
    const error = toSmtpError(thrown, either);
    if (!isWritten || hasReply(thrown)) throw error;
    return { end: "unanswered", error };
  } finally {
    cancel();
  }
}

function hasReply(thrown: unknown): boolean {
  return thrown instanceof Error && "responseCode" in thrown;
}
