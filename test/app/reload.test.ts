import { rmSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { AppBed, broken, CANARY, HOOK, READ_TOKEN, ROUTE, WRITE_TOKEN } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";

const IN_USE = "the changed configuration is in use";
const REFUSED = "the changed configuration is refused; the old one goes on";
const SUCCESS = "tocsin_config_last_reload_success";

function ruleFor(reason: string): string {
  return `rules: [{ name: it, match: { reason: ${reason} } }]`;
}

describe("a reload over HTTP", () => {
  it.each([
    { token: undefined, status: 401 },
    { token: "unknown", status: 401 },
    { token: READ_TOKEN, status: 403 },
    { token: WRITE_TOKEN, status: 200 },
  ])("answers $status to the token $token", async ({ token, status }) => {
    await using bed = await AppBed.open();
    await bed.ready();
    expect((await bed.reload(token)).status).toBe(status);
    expect(bed.logged(IN_USE)).toHaveLength(status === 200 ? 1 : 0);
  });

  it("is switched off without a write token in the configuration", async () => {
    await using bed = await AppBed.open();
    bed.configure({ server: { listen: "127.0.0.1:0" } });
    await bed.ready();
    expect((await bed.reload(WRITE_TOKEN)).status).toBe(403);
  });

  it("answers with what is wrong, and the old rules go on", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("rules.yaml", "rules:\n  - { name: it, match: { reasn: X } }\n");
    const { status, body } = await bed.reload(WRITE_TOKEN);
    expect([status, JSON.parse(body)]).toMatchObject([
      422,
      {
        ok: false,
        findings: [{ level: "error", line: 2, column: expect.any(Number), path: "rules[0].match.reasn" }],
      },
    ]);
    expect(await bed.metric(SUCCESS)).toBe(0);
    expect(JSON.stringify(bed.logged(REFUSED))).toContain("rules.yaml:2:");
    bed.api.create(broken("web"));
    await bed.arrived(1);
    bed.write("rules.yaml", ruleFor("Broken"));
    expect((await bed.reload(WRITE_TOKEN)).status).toBe(200);
    expect(await bed.metric(SUCCESS)).toBe(1);
  });

  it("answers which secret is missing", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.configure({ sinks: [HOOK, { name: "other", type: "webhook", url: { file: "no-such-file" } }] });
    const { status, body } = await bed.reload(WRITE_TOKEN);
    expect([status, body]).toEqual([422, expect.stringContaining('"path":"sinks[1].url"')]);
  });

  it("is done once, although the files are watched as well", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.configure({ rules: ["more/*.yaml", "rules.yaml"], reasons: [] });
    bed.configure({ rules: ["rules.yaml"], overrides: {} });
    await bed.reload(WRITE_TOKEN);
    await bed.clock.sleep(2000);
    expect(bed.logged(IN_USE)).toHaveLength(1);
  });
});

describe("a file that is edited while the service runs", () => {
  it("of rules changes what matches, without a restart", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("rules.yaml", ruleFor("Other"));
    await bed.until(() => bed.logged(IN_USE).length === 1);
    bed.api.create(broken("old"));
    bed.api.create(broken("new", "shop", { reason: "Other" }));
    await bed.arrived(1);
    expect(bed.told()).toEqual(["new"]);
  });

  it("of rules that is broken changes nothing, until it is mended", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("rules.yaml", "rules: [");
    await bed.until(() => bed.logged(REFUSED).length === 1);
    expect(await bed.metric(SUCCESS)).toBe(0);
    bed.api.create(broken("web"));
    await bed.arrived(1);
    bed.write("rules.yaml", ruleFor("Other"));
    await bed.until(() => bed.logged(IN_USE).length === 1);
    expect(await bed.metric(SUCCESS)).toBe(1);
  });

  it("of secrets is checked at once: one that goes missing is said", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("hook-key", "");
    await bed.until(() => bed.logged(REFUSED).length === 1);
    expect(JSON.stringify(bed.logged(REFUSED))).toContain("sinks[0].headers.x-key");
    bed.write("hook-key", `${CANARY}-rotated`);
    await bed.until(() => bed.logged(IN_USE).length === 1);
    bed.api.create(broken("web"));
    await bed.arrived(1);
    expect(bed.receiver.requests[0]?.headers["x-key"]).toBe(`${CANARY}-rotated`);
  });

  it("of tokens is taken at the next request", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("write-token", `${CANARY}-changed`);
    expect((await bed.reload(WRITE_TOKEN)).status).toBe(401);
    expect((await bed.reload(`${CANARY}-changed`)).status).toBe(200);
  });

  it("may be gone and come back", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    rmSync(join(bed.directory, "tocsin.yaml"));
    await bed.until(() => bed.logged(REFUSED).length === 1);
    bed.configure();
    await bed.until(() => bed.logged(IN_USE).length === 1);
    expect(await bed.isReady()).toBe(true);
  });
});

describe("a configuration that changes", () => {
  it("gets a sink that is new, and is told to by SIGHUP", async () => {
    await using other = await startReceiver();
    await using bed = await AppBed.open();
    await bed.ready();
    bed.configure({
      sinks: [HOOK, { name: "other", type: "webhook", url: other.url }],
      route: { ...ROUTE, sinks: ["hook", "other"] },
    });
    bed.signal("SIGHUP");
    await bed.until(() => bed.logged(IN_USE).length === 1);
    expect(bed.logged(IN_USE)).toMatchObject([{ sinks: "hook, other" }]);
    bed.api.create(broken("web"));
    await Promise.all([bed.arrived(1), other.arrived(1)]);
  });

  it("makes dead letters of what waits for a sink that it no longer names", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    bed.configure({ sinks: [{ name: "out", type: "stdout" }], route: { ...ROUTE, sinks: ["out"] } });
    await bed.until(() => bed.logged(IN_USE).length === 1);
    await bed.until(async () => (await bed.metric('tocsin_dead_letters{sink="hook"}')) === 1);
    bed.api.create(broken("other"));
    await bed.until(() => bed.stdout.includes("Broken: Pod other in shop"));
  });

  it("makes dead letters at the start of what waits for a sink that was removed before", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    await bed.stop();
    bed.configure({ sinks: [{ name: "out", type: "stdout" }], route: { ...ROUTE, sinks: ["out"] } });
    await bed.ready();
    expect(bed.logged("deliveries of sinks that are gone are dead letters now")).toMatchObject([
      { deliveries: 1 },
    ]);
  });

  it("in what only a start can change is warned of", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.configure({ state: { path: "elsewhere.db" }, server: { listen: "127.0.0.1:1", tokens: {} } });
    await bed.until(() => bed.logged(IN_USE).length === 1);
    expect(bed.logged("settings have changed that take effect at the next start")).toMatchObject([
      { settings: "state, server.listen" },
    ]);
    expect(await bed.isReady()).toBe(true);
  });
});

it("takes a proxy and its groups into use", async () => {
  await using bed = await AppBed.open();
  const ask = async (): Promise<unknown> => {
    const headers = { "x-forwarded-user": "ada", "x-forwarded-groups": "sre" };
    const response = await fetch(`${bed.address}/api/v1/me`, { headers });
    return response.json();
  };
  await bed.ready();
  expect(await ask()).toMatchObject({ user: null, how: "none" });
  bed.configure({
    server: {
      listen: "127.0.0.1:0",
      tokens: { write: [WRITE_TOKEN] },
      proxy: { from: ["127.0.0.1"], write: ["sre"] },
    },
  });
  expect((await bed.reload(WRITE_TOKEN)).status).toBe(200);
  expect(await ask()).toMatchObject({ user: "ada", how: "proxy", may: { read: true, write: true } });
});
