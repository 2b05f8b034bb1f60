import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startReceiver } from "../support/fake-receiver.ts";
import { startFakeBridge } from "./fake-bridge.ts";
import { runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-remote-"));
});
afterEach(() => rm(cwd, { recursive: true }));

describe("a running bridge is found", () => {
  it("by --server, else $TOCSIN_SERVER, else server.listen", async () => {
    await using bridge = await startFakeBridge();
    const fine = { status: 0, stdout: "nothing is open\n", stderr: "" };
    const elsewhere = { TOCSIN_SERVER: "http://127.0.0.1:9" };
    expect(await runCommand(["alerts", "--server", bridge.address], { cwd, env: elsewhere })).toEqual(fine);
    expect(await runCommand(["alerts"], { cwd, env: { TOCSIN_SERVER: `${bridge.address}/` } })).toEqual(fine);
    const { port } = new URL(bridge.address);
    await writeFile(
      join(cwd, "tocsin.yaml"),
      `sinks: [{ name: c, type: stdout }]\nroute: { sinks: [c] }\nrules: [builtin]\nserver: { listen: "0.0.0.0:${port}" }\n`,
    );
    expect(await runCommand(["alerts"], { cwd })).toEqual(fine);
    await rm(join(cwd, "tocsin.yaml"));
    expect(await runCommand(["alerts"], { cwd, env: { TOCSIN_LISTEN: `127.0.0.1:${port}` } })).toEqual(fine);
  });

  it.each(["127.0.0.1:8080", "ftp://127.0.0.1", "http://user:canary@127.0.0.1:8080", "http://"])(
    "only at an address: %s",
    async (server) => {
      const outcome = await runCommand(["alerts", "--server", server], { cwd });
      expect(outcome).toMatchObject({ status: 2, stdout: "" });
      expect(outcome.stderr).toContain("--server: expected an address such as http://127.0.0.1:8080");
      expect(outcome.stderr).not.toContain("canary");
    },
  );

  it("only with a configuration that is usable, and a port that can be known", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), "sniks: []");
    expect(await runCommand(["deliveries"], { cwd })).toMatchObject({ status: 2, stdout: "" });
    await rm(join(cwd, "tocsin.yaml"));
    const outcome = await runCommand(["deliveries"], { cwd, env: { TOCSIN_LISTEN: "127.0.0.1:0" } });
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining("say with --server URL") });
  });
});

describe("a bridge that does not answer as it should", () => {
  it("is out of reach: status 1, and what to do", async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const outcome = await runCommand(["alerts", "--server", receiver.url], { cwd });
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr).toContain(`cannot reach Tocsin at ${receiver.url}: `);
    expect(outcome.stderr).toContain("ECONNREFUSED");
    expect(outcome.stderr).toContain(
      "start it there, or name another address with --server URL or $TOCSIN_SERVER\n",
    );
  });

  it.each([
    { title: "another server", answer: { status: 200, body: "<html>hello</html>" } },
    { title: "another API", answer: { status: 200, body: '{"kind":"Status"}' } },
    { title: "a redirect", answer: { status: 302, headers: { location: "http://127.0.0.1:9/" } } },
    { title: "an error page", answer: { status: 502, body: "<h1>Bad Gateway</h1>" } },
  ])("is $title", async ({ answer }) => {
    await using receiver = await startReceiver(answer);
    const outcome = await runCommand(["decisions", "--server", receiver.url], { cwd });
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr).toContain(`(with status ${answer.status}) as no Tocsin of this version does`);
  });

  it("breaks off", async () => {
    await using receiver = await startReceiver("cut after 200");
    const outcome = await runCommand(["alerts", "--server", receiver.url], { cwd });
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringContaining("cannot reach Tocsin") });
  });

  it("refuses, and says why in one plain line", async () => {
    const body = JSON.stringify({ error: "not\n\u001b[31mtoday" });
    await using receiver = await startReceiver({ status: 403, body });
    const outcome = await runCommand(["alerts", "--server", receiver.url], { cwd });
    expect(outcome.stderr).toBe(`tocsin: ${receiver.url} refuses: not today\n`);
  });

  it("is given the token, and asked below its path", async () => {
    await using receiver = await startReceiver({ status: 401, body: '{"error":"unknown token"}' });
    const argv = ["alerts", "--server", `${receiver.url}/tocsin`];
    await runCommand(argv, { cwd, env: { TOCSIN_TOKEN: "read-token" } });
    expect(receiver.requests[0]).toMatchObject({
      path: "/tocsin/api/v1/alerts",
      headers: { authorization: "Bearer read-token" },
    });
  });
});
