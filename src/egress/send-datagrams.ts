import { createSocket, type Socket } from "node:dgram";

import { guardedLookup } from "./address-policy.ts";
import { toDeliveryError } from "./http-error.ts";

/**
 * Sends datagrams by UDP, one after the other, to the same refused addresses as the HTTP client. Nobody answers: it only
 * finds out that a name has no address, that the machine cannot send, and, with luck, that nobody listens.
 *
 * @param target.host A name or an address, without brackets.
 * @throws {DeliveryError}
 */
export async function sendDatagrams(
  datagrams: readonly Uint8Array[],
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  let socket: Socket | undefined;
  try {
    const { address, family } = await resolveName(host);
    socket = createSocket(family === 6 ? "udp6" : "udp4");
    await sendAll(socket, datagrams, { address, port, signal });
  } catch (thrown) {
    throw toDeliveryError(thrown, signal, "connection");
  } finally {
    socket?.close();
  }
}

/** The address of a host, which the policy allows; an address is its own. */
function resolveName(host: string): Promise<{ readonly address: string; readonly family: number }> {
  return new Promise((resolve, reject) => {
    guardedLookup(true)(host, { all: false }, (error, address, family = 4) => {
      // A list comes only with `all`.
      if (error !== null || typeof address !== "string") reject(error ?? new Error("a list of addresses"));
      else resolve({ address, family });
    });
  });
}

function sendAll(
  socket: Socket,
  datagrams: readonly Uint8Array[],
  {
    address,
    port,
    signal,
  }: { readonly address: string; readonly port: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error | null): void => {
      signal.removeEventListener("abort", abort);
      if (error === undefined || error === null) resolve();
      else reject(error);
    };
    const abort = (): void => end(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    // A connected socket hears of the ICMP answer to an earlier datagram.
    socket.once("error", end);
    socket.connect(port, address, () => {
      const next = (index: number): void => {
        const datagram = datagrams[index];
        if (datagram === undefined) return end();
        socket.send(datagram, (error) => (error === null ? next(index + 1) : end(error)));
      };
      next(0);
    });
  });
}
