import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { createGunzip } from "node:zlib";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { PacedClock } from "../support/paced-clock.ts";
import { type Outcome, runCommand } from "./run-command.ts";

let cwd: string;
let server: Server;
let answer: number;
const received: { body: unknown; headers: IncomingHttpHeaders }[] = [];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-send-"));
  received.length = 0;
  answer = 200;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers } = request;
    const body = headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
    received.push({ body: await json(body), headers });
    response.writeHead(answer).end();
  };
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has a port.
  const { port } = server.address() as AddressInfo;
  await writeFile(
    join(cwd, "tocsin.yaml"),
    `cluster: prod
rules: []
forward: [{ name: all, sinks: [hook] }]
sinks:
  - name: hook
    type: webhook
    url: { env: HOOK_URL }
    auth: { bearer: { env: HOOK_TOKEN } }
    title: "[{{ cluster }}] {{ title }}"
    timeout: 2s
  - { name: console, type: stdout, format: json }
route: { sinks: [hook, console] }
`,
  );
  env = { HOOK_URL: `http://127.0.0.1:${port}/canary-path`, HOOK_TOKEN: "canary-token" };
});

let env: NodeJS.ProcessEnv;

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cwd, { recursive: true });
});

async function send(sink: string, argv: readonly string[] = []): Promise<Outcome> {
  using clock = new PacedClock(10);
  return await runCommand(["send-test", sink, ...argv], { cwd, env, clock });
}

describe("tocsin send-test", () => {
  it("sends one clearly marked message through the real sink, with its own texts", async () => {
    const { status, stdout, stderr } = await send("hook");
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: "sent: the receiver of hook (webhook) took the test message\n",
      stderr: "",
    });
    expect(received).toHaveLength(1);
    expect(received[0]?.headers.authorization).toBe("Bearer canary-token");
    expect(received[0]?.body).toMatchObject({
      test: true,
      trigger: "test",
      sink: "hook",
      cluster: "prod",
      title: "[prod] Test message from Tocsin for sink hook",
    });
  });

  it.each([
    { status: 503, kind: "server", class: "transient" },
    { status: 401, kind: "unauthorized", class: "broken" },
    { status: 400, kind: "rejected", class: "poison" },
  ])("says what a $status means, in the words of the docs and without a secret", async (expected) => {
    const { status, kind } = expected;
    const failures = await readFile(new URL("../../docs/sinks/README.md", import.meta.url), "utf8");
    const row = new RegExp(`^\\| ${expected.class} \\| .* \\| (.*) \\|$`, "mu").exec(failures);
    const consequence = row?.[1]?.split(",")[0];
    expect(consequence).toMatch(/\w+ \w+ \w+/u);
    answer = status;
    const outcome = await send("hook");
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr).toContain(`not sent: hook (webhook): `);
    expect(outcome.stderr).toContain(`\n${expected.class} (${kind}): ${consequence}\n`);
    expect(outcome.stderr).not.toContain("canary");
    const { ok, failure } = JSON.parse((await send("hook", ["--json"])).stdout);
    expect({ ok, kind: failure.kind }).toEqual({ ok: false, kind });
  });

  it("says that nobody listens, and that a secret is missing", async () => {
    env = { ...env, HOOK_URL: "http://127.0.0.1:1/" };
    expect((await send("hook")).stderr).toContain("transient (network): Tocsin tries again");
    env = {};
    const { status, stderr } = await send("hook");
    expect(status).toBe(1);
    expect(stderr).toMatch(/environment variable HOOK_(?:URL|TOKEN) is not set/u);
  });

  it("writes to standard output for a sink that is standard output", async () => {
    const { status, stdout } = await send("console");
    expect(status).toBe(0);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ test: true, sink: "console" });
  });

  it("writes a marked record to a store", async () => {
    const file = join(cwd, "tocsin.yaml");
    const store = "sinks:\n  - { name: archive, type: loki, url: { env: HOOK_URL } }";
    await writeFile(file, (await readFile(file, "utf8")).replace("sinks:\n", `${store}\n`));
    expect(await send("archive")).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.stringify(received[0]?.body)).toContain("SendTest");
    answer = 400;
    expect(await send("archive")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("poison (rejected): this message is a dead letter at once"),
    });
  });

  it("names the nearest sink, and sends nothing with a configuration that is not usable", async () => {
    expect(await send("hok")).toMatchObject({
      status: 2,
      stderr: 'tocsin: unknown sink "hok"; did you mean "hook"? (ERR_USAGE)\n',
    });
    await writeFile(join(cwd, "tocsin.yaml"), "sniks: []");
    expect((await send("hook")).status).toBe(2);
    expect(received).toEqual([]);
  });
});
