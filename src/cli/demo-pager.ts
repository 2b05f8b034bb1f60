import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver of the demo. */
export interface DemoPager extends AsyncDisposable {
  readonly url: string;
}

/** Starts a receiver that refuses every message as one whose key was withdrawn does, so that the story has a dead letter. */
export async function startDemoPager(): Promise<DemoPager> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { "content-type": "text/plain" }).end("the routing key is not known any more");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
