import { createServer, type Server } from "node:http";
import { connect } from "node:net";

/**
 * Where the API server asks for connections to kubelets (`--egress-selector-config-file`): it passes them on to the sockets
 * of their nodes, whose networks nobody else sees. Everything else is refused.
 */
export class NodeProxy implements Disposable {
  /** By name of a node, for which the API server asks: the socket of its kubelet. */
  readonly #kubelets = new Map<string, string>();
  readonly #server: Server;

  /** @param socket The path of the socket on which it listens. */
  constructor(socket: string) {
    this.#server = createServer().listen(socket);
    this.#server.on("connect", ({ url = "" }, client) => {
      client.on("error", () => client.destroy());
      const path = this.#kubelets.get(url.split(":")[0] ?? "");
      if (path === undefined) return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      const kubelet = connect(path, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        client.pipe(kubelet).pipe(client);
      });
      kubelet.on("error", () => client.destroy());
      return client.on("close", () => kubelet.destroy());
    });
  }

  /** Lets the API server reach a node's kubelet. */
  add(node: string, socket: string): void {
    this.#kubelets.set(node, socket);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
