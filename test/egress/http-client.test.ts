import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { inspect } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/delivery-error.ts";
import { createHttpClient, type HttpClient, type HttpOptions } from "../../src/egress/http-client.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import type { SecretDeps } from "../../src/lib/secret-option.ts";
import { deadlineOnce, noDeadline } from "../support/deadline.ts";
import { type FakeProxy, startProxy } from "../support/fake-proxy.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { until } from "../support/until.ts";

const TLS = join(import.meta.dirname, "../fixtures/tls");

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

function makeClient(options: Partial<HttpOptions> = {}, host: Partial<SecretDeps> = {}): HttpClient {
  const client = createHttpClient(
    { allowPrivate: true, concurrency: 2, ...options },
    { env: {}, resolvePath: (path) => join(TLS, path), scrubber: createScrubber(), ...host },
  );
  open.push(client);
  return client;
}

async function receive(): Promise<FakeReceiver> {
  const receiver = await startReceiver();
  open.push(receiver);
  return receiver;
}

interface Post {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

function post(client: HttpClient, url: string, { headers = {}, body = "{}", signal }: Post = {}) {
  return client.request({ url, method: "POST", headers, body, signal: signal ?? noDeadline() });
}

async function failureOf(attempt: Promise<unknown>): Promise<DeliveryError> {
  const thrown: unknown = await attempt.catch((error: unknown) => error);
  if (!(thrown instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${inspect(thrown)}`);
  return thrown;
}

/** Listens on loopback; the answer is its port. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  // A TCP server has such an address.
  return (server.address() as AddressInfo).port;
}

describe("the HTTP client", () => {
  it("answers status, headers and body of any status, redirects too", async () => {
    const receiver = await receive();
    receiver.script({ status: 302, headers: { Location: "/x", "Set-Cookie": "a=1" }, body: "moved" });
    const answer = await post(makeClient(), `${receiver.url}/hook?a=1`, { body: "hello" });
    expect(answer).toMatchObject({ status: 302, body: "moved", complete: true });
    expect(answer.headers).toMatchObject({ location: "/x", "set-cookie": "a=1" });
    expect(receiver.requests).toMatchObject([{ method: "POST", path: "/hook?a=1", body: "hello" }]);
  });

  it("reads no more than 64 KiB of an answer", async () => {
    const receiver = await receive();
    receiver.script({ status: 500, body: "x".repeat(10_000_000) });
    const { status, body } = await post(makeClient(), receiver.url);
    expect(status).toBe(500);
    expect(body).toHaveLength(65_536);
  });

  it("does not wait for the end of an endless answer", async () => {
    const server = createHttpServer((_, response) => void response.write("x".repeat(100_000)));
    const answer = await post(makeClient(), `http://127.0.0.1:${await listen(server)}/`);
    expect(answer.body).toHaveLength(65_536);
    expect(answer.complete).toBe(true);
  });

  it("keeps connections, and opens no more than it may", async () => {
    const receiver = await receive();
    const client = makeClient({ concurrency: 2 });
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 8 }, () => post(client, receiver.url)));
    }
    expect(receiver.requests).toHaveLength(24);
    expect(receiver.connections).toBe(2);
  });

  it("ends a request that waits for a connection as soon as its signal aborts", async () => {
    const receiver = await receive();
    receiver.script("hang");
    const client = makeClient({ concurrency: 1 });
    const first = new AbortController();
    const holding = failureOf(post(client, receiver.url, { signal: first.signal }));
    await receiver.arrived(1);
    const second = new AbortController();
    const waiting = failureOf(post(client, receiver.url, { body: "second", signal: second.signal }));
    second.abort(new DOMException("late", "TimeoutError"));
    expect(await waiting).toMatchObject({ failure: "timeout" });
    first.abort();
    expect(await holding).toMatchObject({ failure: "cancelled" });
    await post(client, receiver.url, { body: "third" });
    expect(receiver.bodies()).toEqual(["{}", "third"]);
  });

  it("drops the connection of an attempt that ran out of time", async () => {
    const receiver = await receive();
    receiver.hang();
    await failureOf(post(makeClient(), receiver.url, { signal: deadlineOnce(receiver.arrived(1)) }));
    await until(() => receiver.connections === 0);
  });

  it("does not even connect with a signal that has aborted", async () => {
    const port = await listen(createTcpServer(() => undefined));
    const client = makeClient({ proxy: `http://127.0.0.1:${port}` });
    const attempt = post(client, "https://receiver.example/", { signal: AbortSignal.abort() });
    expect(await failureOf(attempt)).toMatchObject({ failure: "cancelled" });
  });

  it("is usable again after a receiver has come back", async () => {
    const receiver = await receive();
    const client = makeClient();
    receiver.script("reset");
    expect(await failureOf(post(client, receiver.url))).toMatchObject({
      failure: "network",
      class: "transient",
    });
    expect((await post(client, receiver.url)).status).toBe(200);
  });

  it("says network, and no URL, when nobody listens or no such name exists", async () => {
    for (const url of ["http://127.0.0.1:1/secret-path", "http://no-such-host.invalid/secret-path"]) {
      const failure = await failureOf(post(makeClient(), url));
      expect(failure).toMatchObject({ failure: "network", class: "transient" });
      expect(inspect(failure, { depth: 10 })).not.toContain("secret-path");
    }
  });

  it.each(["not a url", "ftp://127.0.0.1/", "file:///etc/passwd", ""])("refuses the URL %j", async (url) => {
    expect(await failureOf(post(makeClient(), url))).toMatchObject({
      failure: "misconfigured",
      class: "broken",
      message: "the URL is not an http(s) URL",
    });
  });

  it.each(["http://127.0.0.1", "http://localhost", "http://2130706433", "http://[::ffff:127.0.0.1]"])(
    "connects to %s only where private addresses are allowed",
    async (base) => {
      const receiver = await receive();
      const url = `${base}:${new URL(receiver.url).port}/`;
      expect(await failureOf(post(makeClient({ allowPrivate: false }), url))).toMatchObject({
        failure: "refused-address",
        class: "broken",
      });
      expect(receiver.connections).toBe(0);
    },
  );

  it("never connects to a metadata address", async () => {
    const failure = await failureOf(post(makeClient(), "http://169.254.169.254/latest/meta-data"));
    expect(failure).toMatchObject({ failure: "refused-address", class: "broken" });
  });
});

describe("the HTTP client's headers", () => {
  it("turns user:pass@ of a URL into a header", async () => {
    const receiver = await receive();
    await post(makeClient(), receiver.url.replace("//", "//user:p%40ss@"));
    expect(receiver.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("user:p@ss")}`);
  });

  it("refuses a URL whose password is not encoded well, without showing it", async () => {
    const failure = await failureOf(post(makeClient(), "http://user:hunter%zz@127.0.0.1/"));
    expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
    expect(inspect(failure, { depth: 10 })).not.toContain("hunter");
  });

  it("reads secrets again for each request", async () => {
    const receiver = await receive();
    const env: Record<string, string> = { TOKEN: "one", PASSWORD: "three" };
    const bearer = makeClient({ auth: { bearer: { env: "TOKEN" } } }, { env });
    await post(bearer, receiver.url);
    env["TOKEN"] = "two";
    await post(bearer, receiver.url);
    const auth = { basic: { username: "u", password: { env: "PASSWORD" } } };
    await post(makeClient({ auth }, { env }), receiver.url);
    expect(receiver.requests.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer one",
      "Bearer two",
      `Basic ${btoa("u:three")}`,
    ]);
  });

  it("lets the sink's own headers win, whatever their spelling", async () => {
    const receiver = await receive();
    const client = makeClient({ headers: { "Content-Type": "text/plain", "X-Team": "shop" } });
    await post(client, receiver.url, { headers: { "content-type": "application/json" } });
    expect(receiver.requests[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-team": "shop",
    });
  });

  it.each(["one\r\nx-injected: 1", "naïve 中文", "nul\u0000"])(
    "refuses the header value %j",
    async (value) => {
      const receiver = await receive();
      const client = makeClient({ headers: { "x-token": { env: "TOKEN" } } }, { env: { TOKEN: value } });
      const failure = await failureOf(post(client, receiver.url));
      expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
      expect(failure.message).toMatch(/^header x-token: /u);
      expect(failure.message).not.toContain(value);
      expect(receiver.requests).toEqual([]);
    },
  );
});

describe("the HTTP client's TLS", () => {
  async function startTls(
    certificate: string,
    clientAuth = false,
  ): Promise<{ url: string; peers: string[] }> {
    const peers: string[] = [];
    const server = createTlsServer(
      {
        cert: await readFile(join(TLS, `${certificate}.pem`)),
        key: await readFile(join(TLS, `${certificate}-key.pem`)),
        ca: await readFile(join(TLS, "ca.pem")),
        requestCert: clientAuth,
        rejectUnauthorized: clientAuth,
      },
      (request, response) => {
        // A TLS server's sockets are these.
        const peer = (request.socket as TLSSocket).getPeerCertificate();
        peers.push(String(peer?.subject?.CN ?? ""));
        response.end("secure");
      },
    );
    return { url: `https://localhost:${await listen(server)}`, peers };
  }

  it("W7: trusts the authority of caFile, and nobody without it", async () => {
    const { url } = await startTls("server");
    expect(await post(makeClient({ tls: { caFile: "ca.pem" } }), url)).toMatchObject({ body: "secure" });
    expect(await failureOf(post(makeClient(), url))).toMatchObject({ failure: "tls", class: "broken" });
  });

  it("refuses a certificate for another host", async () => {
    const { url } = await startTls("elsewhere");
    const failure = await failureOf(post(makeClient({ tls: { caFile: "ca.pem" } }), url));
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
  });

  it("takes the name of the option serverName for that of the certificate", async () => {
    const { url } = await startTls("elsewhere");
    const tls = { caFile: "ca.pem", serverName: "elsewhere.example" };
    expect(await post(makeClient({ tls }), url)).toMatchObject({ body: "secure" });
    await using proxy = await startProxy();
    expect(await post(makeClient({ tls, proxy: proxy.url }), url)).toMatchObject({ body: "secure" });
    const headers = { Host: "elsewhere.example" };
    expect(await post(makeClient({ tls: { caFile: "ca.pem" }, headers }), url)).toMatchObject({
      body: "secure",
    });
  });

  it("trusts the authority of caFile for an HTTPS proxy too, and shows it no client certificate", async () => {
    const { url } = await startTls("server");
    const target = new URL(url).port;
    const shown: string[] = [];
    const proxy = createTlsServer({
      cert: await readFile(join(TLS, "server.pem")),
      key: await readFile(join(TLS, "server-key.pem")),
      ca: await readFile(join(TLS, "ca.pem")),
      requestCert: true,
      rejectUnauthorized: false,
    });
    proxy.on("connect", (_: unknown, socket: TLSSocket) => {
      shown.push(String(socket.getPeerCertificate()?.subject?.CN ?? ""));
      const upstream = connect(Number(target), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
    });
    const address = `https://localhost:${await listen(proxy)}`;
    const tls = { caFile: "ca.pem", certFile: "client.pem", keyFile: "client-key.pem" };
    expect(await post(makeClient({ tls, proxy: address }), url)).toMatchObject({ body: "secure" });
    expect(shown).toEqual([""]);
    expect(await failureOf(post(makeClient({ proxy: address }), url))).toMatchObject({ failure: "tls" });
  });

  it.each([
    ["SSL_CERT_FILE", join(TLS, "ca.pem")],
    ["SSL_CERT_DIR", TLS],
  ])("trusts the authorities of the system, here by %s", async (variable, value) => {
    const { url } = await startTls("server");
    const script = `
      import { createHttpClient } from ${JSON.stringify(join(import.meta.dirname, "../../src/egress/index.ts"))};
      const client = createHttpClient({ allowPrivate: true, concurrency: 1 }, { env: {} });
      const signal = AbortSignal.timeout(300_000);
      const answer = await client.request({ url: ${JSON.stringify(url)}, method: "GET", headers: {}, body: "", signal });
      process.stdout.write(answer.body);
      await client.close();`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { [variable]: value },
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await text(child.stdout)).toBe("secure");
  });

  it("says tls when a certificate and its key do not belong together", async () => {
    const { url } = await startTls("server");
    const tls = { certFile: "client.pem", keyFile: "client-2-key.pem" };
    expect(await failureOf(post(makeClient({ tls }), url))).toMatchObject({
      failure: "tls",
      class: "broken",
    });
  });

  it("says tls when the receiver speaks plain HTTP", async () => {
    const receiver = await receive();
    const failure = await failureOf(post(makeClient(), receiver.url.replace("http:", "https:")));
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
  });

  it("W7: shows a client certificate, and the new one after the files have changed", async () => {
    const { url, peers } = await startTls("server", true);
    const directory = await mkdtemp(join(tmpdir(), "tocsin-tls-"));
    const use = async (name: string): Promise<void> => {
      await copyFile(join(TLS, `${name}.pem`), join(directory, "tls.crt"));
      await copyFile(join(TLS, `${name}-key.pem`), join(directory, "tls.key"));
    };
    await use("client");
    const tls = {
      caFile: "ca.pem",
      certFile: join(directory, "tls.crt"),
      keyFile: join(directory, "tls.key"),
    };
    const resolvePath = (path: string): string => (path.startsWith("/") ? path : join(TLS, path));
    const client = makeClient({ tls }, { resolvePath });
    await post(client, url);
    await use("client-2");
    await post(client, url);
    await rm(directory, { recursive: true });
    expect(peers).toEqual(["client", "client-2"]);
    expect(await failureOf(post(client, url))).toMatchObject({ failure: "misconfigured", class: "broken" });
  });
});

describe("the HTTP client's proxies", () => {
  async function openProxy(status?: number): Promise<FakeProxy> {
    const proxy = await startProxy(status);
    open.push({ close: async () => proxy[Symbol.asyncDispose]() });
    return proxy;
  }

  it("W7: forwards plain requests, with the proxy's own credentials", async () => {
    const proxy = await openProxy();
    const client = makeClient({ proxy: proxy.url.replace("//", "//user:pass@") });
    expect(await post(client, "http://receiver.example/x")).toMatchObject({ body: "by proxy" });
    expect(proxy.seen).toEqual([`http://receiver.example/x Basic ${btoa("user:pass")}`]);
  });

  it("W7: takes the proxy of the environment, unless NO_PROXY exempts the host", async () => {
    const receiver = await receive();
    const proxy = await openProxy();
    const env = { http_proxy: proxy.url, NO_PROXY: "127.0.0.0/8" };
    await post(makeClient({}, { env }), receiver.url);
    expect(proxy.seen).toEqual([]);
    await post(makeClient({}, { env: { HTTP_PROXY: proxy.url } }), receiver.url);
    expect(proxy.seen).toHaveLength(1);
  });

  it("tunnels TLS to the receiver, whose certificate is checked as ever", async () => {
    const server = createTlsServer(
      { cert: await readFile(join(TLS, "server.pem")), key: await readFile(join(TLS, "server-key.pem")) },
      (_, response) => response.end("tunnelled"),
    );
    const port = await listen(server);
    const proxy = await openProxy();
    const env = { HTTPS_PROXY: proxy.url };
    const client = makeClient({ tls: { caFile: "ca.pem" } }, { env });
    expect(await post(client, `https://localhost:${port}/`)).toMatchObject({ body: "tunnelled" });
    expect(proxy.seen).toEqual([`CONNECT localhost:${port}`]);
    const distrustful = makeClient({}, { env });
    expect(await failureOf(post(distrustful, `https://localhost:${port}/`))).toMatchObject({
      failure: "tls",
    });
  });

  it.each(["http://receiver.example/", "https://receiver.example/"])(
    "takes a proxy that wants credentials for %s as broken",
    async (url) => {
      const proxy = await openProxy(407);
      const failure = await failureOf(post(makeClient({ proxy: proxy.url }), url));
      expect(failure).toMatchObject({ failure: "unauthorized", class: "broken" });
    },
  );

  it("refuses a literal metadata address through a proxy as well, and a proxy at one", async () => {
    const proxy = await openProxy();
    const direct = await failureOf(post(makeClient({ proxy: proxy.url }), "http://169.254.169.254/"));
    const behind = await failureOf(
      post(makeClient({ proxy: "http://169.254.169.254:3128" }), "http://a.example"),
    );
    expect([direct.failure, behind.failure]).toEqual(["refused-address", "refused-address"]);
    expect(proxy.seen).toEqual([]);
  });

  it("ends at the deadline when the proxy hangs, and closes", async () => {
    const proxy = createTcpServer();
    const client = makeClient({ proxy: `http://127.0.0.1:${await listen(proxy)}` });
    const signal = deadlineOnce(once(proxy, "connection"));
    const failure = await failureOf(post(client, "https://receiver.example/", { signal }));
    expect(failure.failure).toBe("timeout");
  });
});

describe("the HTTP client's reach", () => {
  const reach = (client: HttpClient, url: string) => client.reach(url, noDeadline());

  it("connects, sends nothing, and names host and port alone", async () => {
    const receiver = await receive();
    const place = await reach(makeClient(), `${receiver.url.replace("//", "//user:pass@")}/secret?x=y`);
    expect(place).toBe(receiver.url.replace("http://", ""));
    await until(() => receiver.connections === 0);
    expect(receiver.requests).toEqual([]);
  });

  it("goes as far as TLS with the certificate that a request would check", async () => {
    let requests = 0;
    const server = createTlsServer(
      { cert: await readFile(join(TLS, "server.pem")), key: await readFile(join(TLS, "server-key.pem")) },
      () => void (requests += 1),
    );
    const url = `https://localhost:${await listen(server)}/secret`;
    expect(await reach(makeClient({ tls: { caFile: "ca.pem" } }), url)).toMatch(/^localhost:\d+ over TLS$/u);
    const failure = await failureOf(reach(makeClient(), url));
    expect(failure).toMatchObject({ failure: "tls", class: "broken" });
    expect(failure.message).toMatch(/^localhost:\d+ over TLS: TLS failed/u);
    expect(requests).toBe(0);
  });

  it("goes through the proxy as a request would", async () => {
    const seen: string[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", (request, socket: Socket) => {
      seen.push(request.url ?? "");
      socket.end("HTTP/1.1 403 No\r\n\r\n");
    });
    const client = makeClient({ proxy: `http://127.0.0.1:${await listen(proxy)}` });
    const failure = await failureOf(reach(client, "https://receiver.example/secret"));
    expect(failure.message).toBe("receiver.example:443 over TLS, through the proxy: the proxy answered 403");
    expect(seen).toEqual(["receiver.example:443"]);
  });

  it("finds a secret of the headers that is missing", async () => {
    const receiver = await receive();
    const client = makeClient({ auth: { bearer: { env: "NO_TOKEN" } } });
    expect(await failureOf(reach(client, receiver.url))).toMatchObject({ failure: "misconfigured" });
    expect(receiver.connections).toBe(0);
  });

  it("ends at its deadline where nobody answers the handshake", async () => {
    const server = createTcpServer();
    const url = `https://127.0.0.1:${await listen(server)}/`;
    const late = makeClient().reach(url, deadlineOnce(once(server, "connection")));
    expect((await failureOf(late)).failure).toBe("timeout");
  });
});

describe("the HTTP client's fetch", () => {
  it("sends and answers as fetch does", async () => {
    const receiver = await receive();
    receiver.script({ status: 429, headers: { "retry-after": "3" }, body: "slow down" });
    const response = await makeClient().fetch(`${receiver.url}/hook`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    expect([response.status, response.headers.get("retry-after"), await response.text()]).toEqual([
      429,
      "3",
      "slow down",
    ]);
    expect(receiver.requests[0]).toMatchObject({ method: "POST", path: "/hook", body: "{}" });
  });

  it("takes bodies that are not strings, and answers without a body", async () => {
    const receiver = await receive();
    receiver.script({ status: 204 });
    const response = await makeClient().fetch(new URL(receiver.url), {
      method: "PUT",
      body: new URLSearchParams({ a: "1" }),
    });
    expect(response.status).toBe(204);
    expect(receiver.requests[0]?.body).toBe("a=1");
  });

  it("throws what request throws, at the caller's deadline", async () => {
    const receiver = await receive();
    receiver.hang();
    const attempt = makeClient().fetch(receiver.url, { signal: deadlineOnce(receiver.arrived(1)) });
    expect(await failureOf(attempt)).toMatchObject({ failure: "timeout" });
  });

  it("fails while the body is read when the answer was cut off", async () => {
    const receiver = await receive();
    receiver.script("cut after 200");
    const response = await makeClient().fetch(receiver.url);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("cut off");
  });
});
