import type { Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

import type { Clock } from "../../lib/clock.ts";

/** A receiver that leaves the connection open after our end has everything by then, as far as anybody can know. */
const CLOSE_WITHIN_MS = 2000;

/** Speaks TLS over a connection, and waits until it is there. */
export function secure(socket: Socket, options: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ ...options, socket });
    const abort = (): void => void secured.destroy(reasonOf(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    secured.once("error", (error) => {
      socket.destroy();
      reject(error);
    });
    secured.once("secureConnect", () => {
      signal.removeEventListener("abort", abort);
      resolve(secured);
    });
  });
}

/**
 * Writes a text, ends our side, and waits for the receiver to end its own: syslog knows no acknowledgment, but a receiver
 * closes only when it has read to the end.
 */
export function deliverByStream(
  socket: Socket,
  text: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let cancel = (): void => undefined;
    const finish = (error?: Error): void => {
      cancel();
      signal.removeEventListener("abort", abort);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = (): void => finish(reasonOf(signal));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    socket.on("error", finish);
    socket.once("end", () => finish(socket.writableFinished ? undefined : new UnreadError()));
    // Nothing is expected; unread bytes would hold up the end.
    socket.resume();
    socket.end(text, () => {
      cancel = clock.after(CLOSE_WITHIN_MS, () => finish());
    });
  });
}

/** The receiver ended first: the rest of what was to be written is lost. */
class UnreadError extends Error {
  readonly code = "EPIPE";
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
