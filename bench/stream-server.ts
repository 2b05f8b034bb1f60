import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Lines in one write to the socket. */
const CHUNK_LINES = 500;

/** Makes one Event of a stream; `index` counts from 0. */
export type MakeEvent = (index: number) => object;

/** An API server that has an empty list and one watch that delivers as fast as it is read. */
export interface StreamServer extends AsyncDisposable {
  readonly url: string;
  /** Lets the watch deliver; resolves when everything is in the socket. */
  release(): Promise<void>;
}

/**
 * Serves `count` Events on the first watch. They are made before, so that feeding costs next to nothing and the
 * bridge's process is what is measured.
 */
export async function startStreamServer(count: number, make: MakeEvent): Promise<StreamServer> {
  const chunks = makeChunks(count, make);
  const gate = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  let served = false;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-type", "application/json");
    if (url.pathname === "/version") response.end('{"gitVersion":"v0.0.0-bench"}');
    else if (url.pathname === "/api/v1/namespaces/kube-system") response.end('{"metadata":{"uid":"bench"}}');
    else if (url.searchParams.get("watch") === "true") void watch(response);
    else if (url.pathname !== "/api/v1/events") {
      response.statusCode = 403;
      response.end('{"kind":"Status","status":"Failure","reason":"Forbidden","code":403}');
    } else
      response.end(
        JSON.stringify({ kind: "EventList", metadata: { resourceVersion: version() }, items: [] }),
      );
  });
  // A probe asks whether history went backwards: it has not.
  const version = (): string => (served ? String(10 ** 9) : "1");
  const watch = async (response: ServerResponse): Promise<void> => {
    response.flushHeaders();
    if (served) return;
    served = true;
    await gate.promise;
    for (const chunk of chunks) {
      if (!response.write(chunk)) await once(response, "drain");
    }
    written.resolve();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    release: () => {
      gate.resolve();
      return written.promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function makeChunks(count: number, make: MakeEvent): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let lines = "";
  for (let index = 0; index < count; index++) {
    lines += `${JSON.stringify({ type: "ADDED", object: make(index) })}\n`;
    if ((index + 1) % CHUNK_LINES === 0 || index === count - 1) {
      chunks.push(Buffer.from(lines));
      lines = "";
    }
  }
  return chunks;
}
