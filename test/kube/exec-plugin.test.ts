import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type ApiClient, connect, openClient, PluginError } from "../../src/kube/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { ScriptedApiServer } from "../support/scripted-api-server.ts";
import { until } from "../support/until.ts";

const V1 = "client.authentication.k8s.io/v1";
const TOKEN = `echo '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"tok"}}'`;

let directory: string;
let server: ScriptedApiServer;
let clock: FakeClock;
const clients: ApiClient[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-plugin-"));
  server = await ScriptedApiServer.start();
  clock = new FakeClock();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server[Symbol.asyncDispose]();
});

const path = (name: string): string => join(directory, name);

/** A kubeconfig whose user is this script, and the script. */
function write(script: string, exec: object = {}, cluster: object = {}): string {
  writeFileSync(path("plugin.sh"), `#!/bin/sh\n${script}\n`);
  chmodSync(path("plugin.sh"), 0o755);
  const content = {
    "current-context": "dev",
    contexts: [{ name: "dev", context: { cluster: "dev", user: "dev" } }],
    clusters: [{ name: "dev", cluster: { server: server.url, ...cluster } }],
    users: [{ name: "dev", user: { exec: { apiVersion: V1, command: "./plugin.sh", ...exec } } }],
  };
  writeFileSync(path("config"), JSON.stringify(content));
  return path("config");
}

async function connected(kubeconfig: string): Promise<ApiClient> {
  const env = { PATH: process.env["PATH"], OUT: path("out") };
  const client = await connect({ kubeconfig }, { env, clock, log: silentLogger });
  clients.push(client);
  return client;
}

/** The failure of a connection by this kubeconfig. */
async function failure(kubeconfig: string): Promise<PluginError> {
  const error: unknown = await connected(kubeconfig).catch((thrown: unknown) => thrown);
  if (!(error instanceof PluginError)) throw new Error(`no failure of a plugin: ${String(error)}`);
  expect(error.message).toMatch(new RegExp(`^user "dev" in ${RegExp.escape(kubeconfig)}: command "`, "u"));
  return error;
}

describe("a credential plugin", () => {
  it.each([V1, "client.authentication.k8s.io/v1beta1"])(
    "of %s reads in KUBERNETES_EXEC_INFO who asks",
    async (apiVersion) => {
      const script = `printf %s "$KUBERNETES_EXEC_INFO" > "$OUT"\n${TOKEN.replace(V1, apiVersion)}`;
      const client = await connected(write(script, { apiVersion }));
      await client.serverVersion();
      expect(server.request("version").headers.authorization).toBe("Bearer tok");
      expect(JSON.parse(readFileSync(path("out"), "utf8"))).toEqual({
        kind: "ExecCredential",
        apiVersion,
        spec: { interactive: false },
      });
    },
  );

  it("is told of the real cluster where it asks for it", async () => {
    const config = { audience: "a" };
    writeFileSync(path("ca.crt"), "the authority");
    const script = `printf %s "$KUBERNETES_EXEC_INFO" > "$OUT"\n${TOKEN}`;
    const extensions = [
      { name: "other", extension: 1 },
      { name: "client.authentication.k8s.io/exec", extension: config },
    ];
    const cluster = { "certificate-authority": "ca.crt", "tls-server-name": "k8s", extensions };
    await connected(write(script, { provideClusterInfo: true }, cluster));
    expect(JSON.parse(readFileSync(path("out"), "utf8"))).toMatchObject({
      spec: {
        cluster: {
          server: server.url,
          "tls-server-name": "k8s",
          "certificate-authority-data": Buffer.from("the authority").toString("base64"),
          config,
        },
      },
    });
    expect(readFileSync(path("out"), "utf8")).not.toContain("insecure");
  });

  it("gets its arguments and variables, null ones too", async () => {
    const exec = { args: ["a b", "c"], env: [{ name: "REGION", value: "eu 1" }] };
    await connected(write(`echo "$# $1 $REGION" > "$OUT"\n${TOKEN}`, exec));
    expect(readFileSync(path("out"), "utf8")).toBe("2 a b eu 1\n");
    await connected(write(TOKEN, { args: null, env: null }));
  });

  it("that asks a person finds its standard input closed, and says why it fails", async () => {
    const script = 'printf "Code: " >&2; read code || { echo "no input" >&2; exit 3; }\n' + TOKEN;
    const error = await failure(write(script, { interactiveMode: "Always" }));
    expect(error.message).toContain("gave no credentials: exit status 3: Code: no input");
    expect(error.remedy).toContain("gets no standard input");
  });

  it("that hangs is killed at its time limit, and named", async () => {
    const failed = failure(write('echo $$ > "$OUT"; echo waiting for a browser >&2; exec sleep 1000'));
    await until(() => existsSync(path("out")) && readFileSync(path("out"), "utf8").endsWith("\n"));
    await clock.advance(30_000);
    expect((await failed).message).toContain(
      'command "' + path("plugin.sh") + '" gave no credentials within 30 s',
    );
    const pid = Number(readFileSync(path("out"), "utf8"));
    await until(() => !isAlive(pid));
  });

  it("that is slower than a request is named by its failure, and asked only once", async () => {
    const script = `echo x >> "$OUT"; while [ ! -e "$OUT.go" ]; do sleep 0.01; done\n${TOKEN}`;
    const env = { PATH: process.env["PATH"], OUT: path("out") };
    const client = openClient({ kubeconfig: write(script) }, { env, clock });
    clients.push(client);
    const first = client.getJson("/version", { deadlineMs: 8000 });
    const second = client.getJson("/version");
    await until(() => existsSync(path("out")));
    const caught = first.catch((error: unknown) => error);
    await clock.advance(8000);
    expect(await caught).toMatchObject({
      code: "ERR_CREDENTIALS",
      message: expect.stringContaining("has given no credentials yet"),
    });
    writeFileSync(path("out.go"), "");
    await second;
    expect(readFileSync(path("out"), "utf8")).toBe("x\n");
  });

  it("is asked again when its answer has expired", async () => {
    const expiry = new Date(clock.now() + 60_000).toISOString();
    const answer = `{"apiVersion":"${V1}","status":{"token":"tok","expirationTimestamp":"${expiry}"}}`;
    const client = await connected(write(`echo x >> "$OUT"; echo '${answer}'`));
    await client.serverVersion();
    expect(readFileSync(path("out"), "utf8")).toBe("x\n");
    await clock.advance(60_000);
    await client.serverVersion();
    expect(readFileSync(path("out"), "utf8")).toBe("x\nx\n");
  });

  it("that is not installed is said with the hint of the kubeconfig", async () => {
    const exec = { command: "no-such-plugin", installHint: "install it with:\n pkg add no-such-plugin" };
    const { message, remedy } = await failure(write("", exec));
    expect(message).toContain('command "no-such-plugin" is not found in $PATH: install it with: pkg add');
    expect(remedy).toBe("install it with: pkg add no-such-plugin");
  });

  it.each([
    { fault: "is not there", exec: { command: "./absent" }, says: "is not there" },
    { fault: "may not be run", exec: { command: "./config" }, says: "cannot be started: spawn" },
    {
      fault: "speaks an old protocol",
      exec: { apiVersion: `${V1}alpha1` },
      says: `asks for ${V1}alpha1: it can be`,
    },
    { fault: "has no protocol", exec: { apiVersion: "" }, says: "names no apiVersion" },
  ])("that $fault is named with the reason", async ({ exec, says }) => {
    expect((await failure(write(TOKEN, exec))).message).toContain(says);
  });

  it.each([
    { what: "nothing", prints: "true", says: "printed nothing" },
    { what: "words before its JSON", prints: `echo Logged in; ${TOKEN}`, says: "printed more than JSON" },
    { what: "no object", prints: "echo 1", says: "printed no ExecCredential: " },
    { what: "no status", prints: `echo '{"apiVersion":"${V1}"}'`, says: "without a status" },
    {
      what: "an empty status",
      prints: `echo '{"apiVersion":"${V1}","status":{}}'`,
      says: "neither a token nor",
    },
    {
      what: "half a certificate",
      prints: `echo '{"apiVersion":"${V1}","status":{"clientCertificateData":"c"}}'`,
      says: "gave a certificate without its key",
    },
    {
      what: "another version",
      prints: TOKEN.replace(V1, `${V1}beta1`),
      says: `answered in ${V1}beta1, and the kubeconfig asks for ${V1}`,
    },
  ])("that prints $what is named with that", async ({ prints, says }) => {
    expect((await failure(write(prints))).message).toContain(says);
  });

  it("that fails is quoted once, and what it printed for us is not", async () => {
    const { message } = await failure(write("echo token-abc; echo 'error: log in first' >&2; exit 1"));
    expect(message).toMatch(/exit status 1: error: log in first$/u);
    expect(message).not.toContain("token-abc");
    const { message: other } = await failure(write("echo token-abc"));
    expect(other).not.toContain("token-abc");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
