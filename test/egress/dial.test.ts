import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { inspect } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/delivery-error.ts";
import { dial, type DialTarget } from "../../src/egress/dial.ts";
import { noDeadline } from "../support/deadline.ts";
import { startProxy } from "../support/fake-proxy.ts";
import { until } from "../support/until.ts";

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const thing of open.splice(0).toReversed()) thing.close();
});

/** A server that says hello, as a mail server does. */
async function greeter(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write("220 hello\r\n");
  });
  open.push({ close: () => sockets.forEach((socket) => socket.destroy()) }, server);
  return listen(server);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  return (server.address() as AddressInfo).port;
}

const TARGET: Omit<DialTarget, "port"> = { scheme: "smtp", host: "127.0.0.1", allowPrivate: true };

function dialTo(
  target: Partial<DialTarget> & Pick<DialTarget, "port">,
  env: Record<string, string> = {},
  signal: AbortSignal = noDeadline(),
): Promise<Socket> {
  return dial({ ...TARGET, ...target }, { env, signal });
}

async function heardOf(dialling: Promise<Socket>): Promise<string> {
  const socket = await dialling;
  open.push({ close: () => socket.destroy() });
  const [chunk] = (await socket.take(1).toArray()) as Buffer[];
  return String(chunk);
}

async function failureOf(dialling: Promise<Socket>): Promise<DeliveryError> {
  const thrown: unknown = await dialling.catch((error: unknown) => error);
  if (!(thrown instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${inspect(thrown)}`);
  return thrown;
}

describe("dial", () => {
  it("connects directly, to an address and to a name", async () => {
    const port = await greeter();
    expect(await heardOf(dialTo({ port }))).toBe("220 hello\r\n");
    expect(await heardOf(dialTo({ port, host: "localhost" }))).toBe("220 hello\r\n");
  });

  it("goes through the proxy of its own scheme alone, with the proxy's credentials", async () => {
    await using proxy = await startProxy();
    const port = await greeter();
    const SMTP_PROXY = proxy.url.replace("//", "//user:p%40ss@");
    expect(await heardOf(dialTo({ port, host: "mx.example" }, { SMTP_PROXY }))).toBe("220 hello\r\n");
    expect(proxy.seen).toEqual([`CONNECT mx.example:${port} Basic ${btoa("user:p@ss")}`]);
    expect(await heardOf(dialTo({ port }, { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }))).toBe(
      "220 hello\r\n",
    );
    expect(proxy.seen).toHaveLength(1);
  });

  it("passes by the proxy where NO_PROXY says so", async () => {
    await using proxy = await startProxy();
    const port = await greeter();
    const env = { smtp_proxy: proxy.url, NO_PROXY: "10.0.0.0/8, 127.0.0.0/8" };
    expect(await heardOf(dialTo({ port }, env))).toBe("220 hello\r\n");
    expect(proxy.seen).toEqual([]);
  });

  it.each([
    { status: 407, failure: "unauthorized", kind: "broken" },
    { status: 503, failure: "network", kind: "transient" },
  ])("takes a proxy's $status as $failure", async ({ status, failure, kind }) => {
    await using proxy = await startProxy(status);
    const error = await failureOf(dialTo({ port: 25, host: "mx.example" }, { smtp_proxy: proxy.url }));
    expect(error).toMatchObject({ failure, class: kind, message: `the proxy answered ${status}` });
  });

  it.each([
    { what: "a metadata address", target: { host: "169.254.169.254" } },
    { what: "a private address where that is not allowed", target: { allowPrivate: false } },
    { what: "a name of one", target: { host: "localhost", allowPrivate: false } },
  ])("refuses $what", async ({ target }) => {
    const port = await greeter();
    const error = await failureOf(dialTo({ port, ...target }));
    expect(error).toMatchObject({ failure: "refused-address", class: "broken" });
  });

  it("refuses a proxy at a metadata address, and one that is none", async () => {
    const at = (smtp_proxy: string) => failureOf(dialTo({ port: 25, host: "mx.example" }, { smtp_proxy }));
    expect((await at("http://169.254.169.254:3128")).failure).toBe("refused-address");
    expect((await at("socks5://proxy.example")).failure).toBe("misconfigured");
  });

  it("takes a port where nobody listens as a failure of the network", async () => {
    expect(await failureOf(dialTo({ port: 1 }))).toMatchObject({ failure: "network", class: "transient" });
    const error = await failureOf(dialTo({ port: 25 }, { smtp_proxy: "127.0.0.1:1" }));
    expect(error).toMatchObject({ failure: "network", class: "transient" });
  });

  it("ends with its signal, also while the proxy hangs, and leaves no connection", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      // Reads, or it would not notice the end.
      socket.resume().on("close", () => sockets.delete(socket));
    });
    open.push(silent);
    const smtp_proxy = `http://127.0.0.1:${await listen(silent)}`;
    const late = new AbortController();
    const dialling = failureOf(dialTo({ port: 25 }, { smtp_proxy }, late.signal));
    await until(() => sockets.size === 1);
    late.abort(new DOMException("late", "TimeoutError"));
    expect((await dialling).failure).toBe("timeout");
    await until(() => sockets.size === 0);
    const over = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    expect((await failureOf(dialTo({ port: 1 }, {}, over))).failure).toBe("timeout");
  });
});
