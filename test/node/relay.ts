import { connect, createServer, type Server } from "node:net";

/** A port of loopback, or the socket at a path. */
export type RelayEnd = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Passes every connection on. A pair of them, with a socket in a folder between, is how a node reaches the API server,
 * for its own network reaches nothing; another one is how its kubelet is reached.
 */
export function startRelay(from: RelayEnd, to: RelayEnd): Server {
  const server = createServer((near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  return server.listen(from);
}
