import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TLSSocket } from "node:tls";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type ApiClient, connect, type ConnectOptions } from "../../src/kube/index.ts";
import { errorText } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { ScriptedApiServer } from "../support/scripted-api-server.ts";

const certificate = (name: string): string => join(import.meta.dirname, "certificates", name);
const base64 = (name: string): string => readFileSync(certificate(name)).toString("base64");

let directory: string;
let server: ScriptedApiServer;
const clients: ApiClient[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-connect-"));
  server = await ScriptedApiServer.start();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server[Symbol.asyncDispose]();
});

function write(name: string, content: string | object): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

interface Parts {
  readonly user?: object;
  readonly cluster?: object;
  readonly name?: string;
}

function kubeconfig({ user = {}, cluster = {}, name = "dev" }: Parts = {}): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: server.url, ...cluster } }],
    users: [{ name, user }],
  };
}

async function connected(
  options: ConnectOptions,
  env: NodeJS.ProcessEnv = {},
  clock = new FakeClock(),
): Promise<ApiClient> {
  const client = await connect(options, {
    env: { HOME: join(directory, "home"), ...env },
    clock,
    log: silentLogger,
    serviceAccountDir: join(directory, "account"),
  });
  clients.push(client);
  return client;
}

describe("where the API server is looked for", () => {
  const inCluster = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };

  beforeEach(() => {
    write("home/.kube/config", kubeconfig({ name: "home" }));
    write("explicit", kubeconfig({ name: "explicit" }));
    write("env", kubeconfig({ name: "env" }));
    write("account/token", "t\n");
    write("account/ca.crt", "ca");
  });

  it.each([
    {
      first: "the kubeconfig asked for",
      explicit: true,
      env: { ...inCluster, KUBECONFIG: "env" },
      name: "explicit",
    },
    { first: "the cluster it runs in", explicit: false, env: { ...inCluster, KUBECONFIG: "env" }, name: "" },
    { first: "$KUBECONFIG", explicit: false, env: { KUBECONFIG: "env" }, name: "env" },
    { first: "the home directory", explicit: false, env: {}, name: "home" },
  ])("is $first", async ({ explicit, env, name }) => {
    const paths = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [key, key === "KUBECONFIG" ? join(directory, value) : value]),
    );
    const client = await connected(explicit ? { kubeconfig: join(directory, "explicit") } : {}, paths);
    expect(client.contextName).toBe(name);
    expect(client.server).toBe(name === "" ? "https://[fd00::1]:443" : server.url);
  });

  it("is a kubeconfig when a context is asked for, even in a cluster", async () => {
    const client = await connected({ context: "home" }, inCluster);
    expect(client.contextName).toBe("home");
  });

  it("takes each name from the first of several files that has it", async () => {
    const first = write("first", { contexts: [{ name: "x", context: { cluster: "dev", user: "dev" } }] });
    write("second/token", "from-second");
    const second = write("second/config", kubeconfig({ user: { tokenFile: "token" } }));
    const third = write(
      "third",
      kubeconfig({ user: { token: "from-third" }, cluster: { server: "http://no" } }),
    );
    const files = [join(directory, "absent"), first, second, third].join(":");
    const client = await connected({ context: "x" }, { KUBECONFIG: files });
    await client.getJson("/version");
    expect(server.request("version").headers.authorization).toBe("Bearer from-second");
  });

  it("takes an empty file, and one of nothing but comments, as an empty configuration", async () => {
    const files = [write("empty", ""), write("comment", "# nothing\n"), write("ok", kubeconfig())].join(":");
    const client = await connected({}, { KUBECONFIG: files });
    expect(client.contextName).toBe("dev");
  });

  it("judges only what the chosen context names", async () => {
    const config: Record<string, unknown> = { ...kubeconfig() };
    const add = (key: string, ...entries: unknown[]): void => {
      config[key] = [...entries, ...(config[key] as unknown[])];
    };
    add(
      "contexts",
      { name: "nothing", context: {} },
      { name: "none" },
      { context: { cluster: "dev" } },
      null,
    );
    add("clusters", { name: "half" }, { name: "odd", cluster: { server: 5 } }, "text");
    add("users", { name: "odd", user: { token: 5, exec: {} } }, { user: { token: "x" } });
    const path = write("config", config);
    await (await connected({ kubeconfig: path })).serverVersion();
    await expect(connected({ kubeconfig: path, context: "nothing" })).rejects.toThrow(
      'context "nothing": cluster "" is missing or has no server',
    );
  });

  it("keeps the path of a server behind a proxy, and drops what may be secret", async () => {
    const cluster = { server: `${server.url.replace("//", "//user:pass@")}/k8s/c-1/?x=y` };
    const client = await connected({ kubeconfig: write("config", kubeconfig({ cluster })) });
    expect(client.server).toBe(`${server.url}/k8s/c-1`);
    await client.getJson("/api/v1/events?limit=1");
    expect(server.requests[0]).toMatchObject({ path: "/k8s/c-1/api/v1/events" });
  });
});

/** The smallest one. */
function kubeconfigOf(cluster: object): object {
  return {
    "current-context": "dev",
    contexts: [{ name: "dev", context: { cluster: "a" } }],
    clusters: [{ name: "a", cluster }],
  };
}

describe("what is refused", () => {
  it.each([
    { fault: "no file", content: undefined, says: "no such file; set kubernetes.kubeconfig or $KUBECONFIG" },
    { fault: "no YAML", content: "a: [", says: ":1:" },
    { fault: "no kubeconfig", content: { contexts: "x" }, says: "contexts: " },
    { fault: "only a text", content: "hello", says: "expected " },
    {
      fault: "an odd cluster",
      content: { ...kubeconfigOf({ server: 5 }) },
      says: "clusters[0].cluster.server: expected ",
    },
    {
      fault: "no current context",
      content: { contexts: [] },
      says: "no current-context; set kubernetes.context",
    },
    {
      fault: "an unknown context",
      content: { "current-context": "prod", contexts: [{ name: "dev", context: { cluster: "a" } }] },
      says: 'no context "prod"; it has dev',
    },
    {
      fault: "no cluster",
      content: { "current-context": "dev", contexts: [{ name: "dev", context: { cluster: "a" } }] },
      says: 'context "dev": cluster "a" is missing or has no server',
    },
    {
      fault: "no user",
      content: {
        "current-context": "dev",
        contexts: [{ name: "dev", context: { cluster: "a", user: "b" } }],
        clusters: [{ name: "a", cluster: { server: "http://x" } }],
      },
      says: 'context "dev": user "b" is missing',
    },
  ])("a kubeconfig with $fault", async ({ content, says }) => {
    const path = content === undefined ? join(directory, "config") : write("config", content);
    await expect(connected({ kubeconfig: path })).rejects.toMatchObject({
      code: "ERR_CREDENTIALS",
      message: expect.stringMatching(
        new RegExp(`^kubeconfig ${RegExp.escape(path)}.*${RegExp.escape(says)}`, "u"),
      ),
    });
  });

  it.each([
    { fault: "a token file that is not there", user: { tokenFile: "nope" }, says: "nope cannot be read" },
    {
      fault: "a certificate without key",
      user: { "client-certificate": "c" },
      says: "client-key or client-key-data is missing",
    },
    {
      fault: "a command that is not there",
      user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "/no/such/plugin" } },
      says: 'command "/no/such/plugin" is not there',
    },
  ])("a user with $fault, by name", async ({ user, says }) => {
    const path = write("config", kubeconfig({ user }));
    await expect(connected({ kubeconfig: path })).rejects.toMatchObject({
      code: "ERR_CREDENTIALS",
      message: expect.stringContaining(`user "dev" in ${path}: `),
    });
    await expect(connected({ kubeconfig: path })).rejects.toThrow(says);
  });

  it("a server that is no URL", async () => {
    const path = write("config", kubeconfig({ cluster: { server: "10.0.0.1:6443" } }));
    await expect(connected({ kubeconfig: path })).rejects.toThrow("server is not an http or https URL");
  });
});

describe("credentials", () => {
  it.each([
    { kind: "a token", user: { token: "abc" }, headers: { authorization: "Bearer abc" } },
    {
      kind: "a password",
      user: { username: "me", password: "pw" },
      headers: { authorization: "Basic bWU6cHc=" },
    },
    {
      kind: "an impersonation",
      user: { token: "abc", as: "jane", "as-groups": ["a", "b"] },
      headers: { "impersonate-user": "jane", "impersonate-group": "a, b" },
    },
  ])("may be $kind", async ({ user, headers }) => {
    const client = await connected({ kubeconfig: write("config", kubeconfig({ user })) });
    expect(await client.serverVersion()).toBe("v1.36.3");
    expect(server.request("version").headers).toMatchObject(headers);
    expect(server.request("version").headers["user-agent"]).toMatch(/^tocsin\/\d+\.\d+\.\d+$/u);
  });

  it("may be a token file, trimmed and reread when it changes", async () => {
    write("token", " one \n");
    const client = await connected({
      kubeconfig: write("config", kubeconfig({ user: { tokenFile: "token" } })),
    });
    await client.serverVersion();
    write("token", "rotated\n");
    await client.serverVersion();
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(["Bearer one", "Bearer rotated"]);
  });

  it("are read again after 401, and the call is made once more", async () => {
    const path = write("config", kubeconfig({ user: { token: "old" } }));
    const client = await connected({ kubeconfig: path });
    server.always("version", (reply, { headers }) => {
      if (headers.authorization === "Bearer new") reply.json({ gitVersion: "v1.2.3" });
      else reply.refuse(401, { reason: "Unauthorized" });
    });
    await expect(client.serverVersion()).rejects.toMatchObject({ status: 401, reason: "Unauthorized" });
    expect(server.requests).toHaveLength(2);
    write("config", kubeconfig({ user: { token: "new" } }));
    expect(await client.serverVersion()).toBe("v1.2.3");
    server.always("watch", (reply, { headers }) => {
      if (headers.authorization === "Bearer newer") reply.open();
      else reply.refuse(401);
    });
    write("config", kubeconfig({ user: { token: "newer" } }));
    const stream = await client.stream("/api/v1/events?watch=true", new AbortController().signal);
    stream.close();
  });

  it("may come from a command, which is asked again after 401", async () => {
    write(
      "bin/plugin.sh",
      'echo x >> "$COUNT"; n=$(wc -l < "$COUNT" | tr -d " ")\n' +
        'echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"token-$n\\"}}"\n',
    );
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: [join(directory, "bin/plugin.sh")],
      env: [{ name: "COUNT", value: join(directory, "count") }],
      interactiveMode: "Never",
    };
    const client = await connected({ kubeconfig: write("config", kubeconfig({ user: { exec } })) });
    server.always("version", (reply, { headers }) => {
      if (headers.authorization === "Bearer token-2") reply.json({ gitVersion: "v1.2.3" });
      else reply.refuse(401);
    });
    expect(await client.serverVersion()).toBe("v1.2.3");
    expect(await client.serverVersion()).toBe("v1.2.3");
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
      "Bearer token-2",
    ]);
  });
});

describe("TLS", () => {
  const files = {
    cluster: { "certificate-authority": certificate("ca.crt"), "tls-server-name": "kubernetes.test" },
    user: { "client-certificate": certificate("client.crt"), "client-key": certificate("client.key") },
  };
  const data = {
    cluster: { "certificate-authority-data": base64("ca.crt"), "tls-server-name": "kubernetes.test" },
    user: { "client-certificate-data": base64("client.crt"), "client-key-data": base64("client.key") },
  };

  async function secureServer(): Promise<{ url: string; peers: string[] } & AsyncDisposable> {
    const peers: string[] = [];
    // It speaks HTTP/2 to a client that offers it, as the API server does.
    const secure = createSecureServer(
      {
        allowHTTP1: true,
        key: readFileSync(certificate("server.key")),
        cert: readFileSync(certificate("server.crt")),
        ca: readFileSync(certificate("ca.crt")),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        // An https server's sockets are TLS sockets.
        const socket = request.socket as TLSSocket;
        peers.push(
          `${String(socket.getPeerCertificate().subject?.CN)} ${request.httpVersion} ${String(socket.alpnProtocol)}`,
        );
        response.end('{"gitVersion":"v1.36.3"}');
      },
    );
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const { port } = secure.address() as AddressInfo;
    return {
      url: `https://127.0.0.1:${port}`,
      peers,
      [Symbol.asyncDispose]: async () => {
        await new Promise((resolve) => secure.close(resolve));
      },
    };
  }

  it.each([
    { from: "files", ...files },
    { from: "the kubeconfig", ...data },
  ])("takes CA, certificate and key from $from, and speaks HTTP/1.1", async ({ cluster, user }) => {
    await using secure = await secureServer();
    const path = write("config", kubeconfig({ cluster: { ...cluster, server: secure.url }, user }));
    const client = await connected({ kubeconfig: path });
    expect(await client.serverVersion()).toBe("v1.36.3");
    expect(secure.peers).toEqual(["tocsin-test-client 1.1 http/1.1"]);
  });

  it("does not trust a server without the CA, unless told to skip the check", async () => {
    await using secure = await secureServer();
    const strict = await connected({
      kubeconfig: write("strict", kubeconfig({ cluster: { server: secure.url } })),
    });
    const error: unknown = await strict.serverVersion().catch((error: unknown) => error);
    expect(errorText(error)).toBe("GET /version: no answer: self-signed certificate in certificate chain");
    const cluster = { server: secure.url, "insecure-skip-tls-verify": true };
    const loose = await connected({ kubeconfig: write("loose", kubeconfig({ cluster })) });
    expect(await loose.serverVersion()).toBe("v1.36.3");
  });

  it("takes a rotated CA without a restart", async () => {
    await using secure = await secureServer();
    const ca = write("ca.crt", readFileSync(certificate("client.crt"), "utf8"));
    const cluster = { server: secure.url, "certificate-authority": ca, "tls-server-name": "kubernetes.test" };
    const client = await connected({ kubeconfig: write("config", kubeconfig({ cluster })) });
    await expect(client.serverVersion()).rejects.toMatchObject({ name: "ConnectionError" });
    write("ca.crt", readFileSync(certificate("ca.crt"), "utf8"));
    expect(await client.serverVersion()).toBe("v1.36.3");
  });
});
