import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook that takes everything. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly requests: number;
  /** The status of every answer; 200 at first. A refused request is not passed on. */
  status: number;
}

/**
 * Starts a receiver.
 *
 * @param onBody Is given every body, the time it was whole, on `performance.now()`'s clock, and its bytes.
 * @param answer The body of every answer.
 */
export async function startReceiver(
  onBody: (body: string, at: number, bytes: Buffer) => void,
  answer = "",
): Promise<Receiver> {
  let requests = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      requests++;
      response.statusCode = receiver.status;
      const bytes = Buffer.concat(parts);
      if (receiver.status === 200) onBody(bytes.toString(), performance.now(), bytes);
      response.end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    status: 200,
    url: `http://127.0.0.1:${port}/`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
