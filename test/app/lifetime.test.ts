import { createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, it, vi } from "vitest";

import { type App, createApp } from "../../src/app/index.ts";
import { loadConfiguration } from "../../src/config/index.ts";
import { connect } from "../../src/kube/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { AppBed, broken, CRITICAL_RULES, HOOK } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";

/** The app of a bed's configuration by itself, without the command around it. */
async function appOf(bed: AppBed): Promise<{ readonly app: App; readonly closed: () => number }> {
  const { clock, env, directory: cwd } = bed;
  const load = () => loadConfiguration({ file: join(cwd, "tocsin.yaml"), env, cwd });
  const { configuration } = await load();
  if (configuration === undefined) throw new Error("the configuration of the bed is broken");
  const kubeconfig = join(cwd, "kubeconfig");
  const client = await connect({ kubeconfig, context: "" }, { env, clock, log: silentLogger });
  const close = vi.spyOn(client, "close");
  const app = createApp({
    configuration,
    load,
    client,
    clock,
    random: Math.random,
    env,
    log: silentLogger,
    metrics: new Metrics(),
    scrubber: createScrubber(),
    stdout: () => Promise.resolve(),
    colour: false,
    version: "0",
  });
  return { app, closed: () => close.mock.calls.length };
}

describe("an app", () => {
  it("may be stopped twice: both wait until everything is closed", async () => {
    await using bed = await AppBed.open();
    const { app, closed } = await appOf(bed);
    await app.start();
    const address = app.address ?? "";
    expect((await fetch(`${address}/livez`)).status).toBe(200);
    const first = app.stop();
    await app.stop();
    expect(closed()).toBe(1);
    await first;
    await app.ended;
    await expect(fetch(`${address}/livez`)).rejects.toThrow("fetch failed");
    const next = await appOf(bed);
    await next.app.start();
    await next.app.stop();
  });

  it("may be stopped before it was started", async () => {
    await using bed = await AppBed.open();
    const { app } = await appOf(bed);
    await app.stop();
    expect(app.address).toBeUndefined();
  });

  it("is not made for a cluster without a name", async () => {
    await using bed = await AppBed.open();
    bed.configure({ cluster: undefined });
    await expect(appOf(bed)).rejects.toMatchObject({
      code: "ERR_CONFIG_INVALID",
      message: "cluster: missing; in a cluster there is no context to name it after",
    });
  });

  it("may be stopped while it starts: the start ends at its next step and leaves nothing open", async () => {
    await using bed = await AppBed.open();
    const { app, closed } = await appOf(bed);
    const outcome = app.start().then(
      () => "started",
      (error: unknown) => String(error),
    );
    await app.stop();
    expect([await outcome, app.address, closed()]).toEqual(["Error: stopping", undefined, 1]);
    await app.ended;
    // The state file is free again.
    const next = await appOf(bed);
    await next.app.start();
    await next.app.stop();
  });

  it("leaves nothing open when it cannot start", async () => {
    await using bed = await AppBed.open();
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    // A TCP server has such an address.
    const { port } = other.address() as { readonly port: number };
    bed.configure({ server: { listen: `127.0.0.1:${port}` } });
    const { app, closed } = await appOf(bed);
    await expect(app.start()).rejects.toThrow("is taken by another process");
    expect(closed()).toBe(1);
    expect(app.address).toBeUndefined();
    other.close();
    // The state file is free again.
    const next = await appOf(bed);
    await next.app.start();
    await next.app.stop();
    expect(next.closed()).toBe(1);
  });
});

const GAVE_UP = "attempts did not end in time; they are made again";

describe("SIGTERM", () => {
  it("under load ends in time, and the next start loses nothing", async () => {
    await using bed = await AppBed.open();
    bed.write("rules.yaml", CRITICAL_RULES);
    await bed.ready();
    let created = 0;
    const writer = setInterval(() => bed.api.create(broken(`pod-${created++}`)), 1);
    await bed.arrived(50);
    // The receiver never answers the attempt that runs at the end.
    bed.receiver.hang();
    await bed.arrived(60);
    expect(await bed.stop()).toBe(0);
    // It gave up at its own deadline, which test/delivery has in virtual time.
    expect(bed.logged(GAVE_UP)).toMatchObject([{ sink: "hook" }]);
    clearInterval(writer);
    bed.receiver.answer({ status: 200 });
    await bed.ready();
    await bed.until(() => new Set(bed.told()).size === created);
    const ids = new Set(bed.messages.map(({ id, headers }) => `${id} ${headers["webhook-id"]}`));
    expect(ids.size).toBe(created);
  });

  it("while the API server and the receiver are gone ends in time", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.fail();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    await bed.stopApi();
    await bed.until(async () => !(await bed.isReady()));
    expect(await bed.stop()).toBe(0);
    expect(bed.logged("tocsin has stopped")).toHaveLength(1);
    await bed.restartApi();
    bed.receiver.answer({ status: 200 });
    await bed.ready();
    await bed.arrived(2);
    expect(new Set(bed.told())).toEqual(new Set(["web"]));
  });

  it("does not wait for a sink that hangs and was replaced", async () => {
    await using slow = await startReceiver("hang");
    await using bed = await AppBed.open();
    bed.configure({ sinks: [{ ...HOOK, url: slow.url, timeout: "60s" }] });
    await bed.ready();
    bed.api.create(broken("web"));
    await slow.arrived(1);
    bed.configure({ sinks: [{ ...HOOK, timeout: "60s" }] });
    await bed.until(() => bed.logged("the changed configuration is in use").length === 1);
    expect(await bed.stop()).toBe(0);
    expect(bed.logged(GAVE_UP)).toMatchObject([{ sink: "hook", attempts: 1 }]);
    await bed.ready();
    await bed.arrived(1);
    expect(bed.told()).toEqual(["web"]);
  });
});
