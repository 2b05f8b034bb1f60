import { describe, expect, it } from "vitest";

import { AppBed, broken } from "../support/app-bed.ts";
import { page, ScriptedApiServer } from "../support/scripted-api-server.ts";

/** Retries come every half minute; this speed makes them quick. */
const FAST = { speed: 100 };

const TROUBLES = ["cannot reach the API server; trying again", "cannot follow events; trying again"];

function troubles(bed: AppBed): readonly unknown[] {
  return TROUBLES.flatMap((message) => bed.logged(message)).map((line) => line["trouble"]);
}

describe("an API server that is not there", () => {
  it("is said once and waited for; once it is there, events flow", async () => {
    await using bed = await AppBed.open();
    await bed.stopApi();
    await bed.start();
    await bed.until(async () => (await bed.metric('tocsin_watch_errors_total{kind="unreachable"}')) === 3);
    expect(troubles(bed)).toEqual([expect.stringContaining("ECONNREFUSED")]);
    const { status, body } = await bed.get("/readyz");
    expect([status, body]).toEqual([503, expect.stringContaining("ECONNREFUSED")]);
    expect((await bed.get("/livez")).status).toBe(200);
    await bed.restartApi();
    await bed.until(() => bed.isReady());
    bed.api.create(broken("web"));
    await bed.arrived(1);
    expect(bed.told()).toEqual(["web"]);
  });

  it("may go away in between, which is said once as well", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    await bed.stopApi();
    await bed.until(async () => !(await bed.isReady()));
    await bed.until(
      async () => ((await bed.metric('tocsin_watch_errors_total{kind="unreachable"}')) ?? 0) > 1,
    );
    expect(new Set(troubles(bed)).size).toBe(troubles(bed).length);
    expect((await bed.get("/livez")).status).toBe(200);
    await bed.restartApi();
    await bed.until(() => bed.isReady());
    expect(bed.logged("watching again")).toHaveLength(1);
  });
});

describe("an API server that refuses", () => {
  it.each([
    {
      status: 401,
      kind: "unauthorized",
      words: "401 unauthorized: the API server does not accept the credentials",
    },
    {
      status: 403,
      kind: "forbidden",
      words:
        '403 forbidden: may not list events in API group \\"\\" at the cluster scope: grant verbs list, watch',
    },
    { status: 404, kind: "missing", words: '404 not found: the server has no events in API group \\"\\"' },
  ])("with $status is told apart, and followed once it allows", async ({ status, kind, words }) => {
    await using bed = await AppBed.open(FAST);
    bed.api.refuse(status);
    await bed.start();
    await bed.until(async () => ((await bed.metric(`tocsin_watch_errors_total{kind="${kind}"}`)) ?? 0) > 2);
    const readiness = await bed.get("/readyz");
    expect([readiness.status, readiness.body]).toEqual([503, expect.stringContaining(words)]);
    expect((await bed.get("/livez")).status).toBe(200);
    expect(JSON.stringify(troubles(bed))).toContain(words);
    expect(troubles(bed)).toHaveLength(1);
    bed.api.refuse(undefined);
    await bed.until(() => bed.isReady());
    bed.api.create(broken("web"));
    await bed.arrived(1);
  });

  it("to watch what it lets be listed is told by the verb", async () => {
    await using server = await ScriptedApiServer.start();
    await using bed = await AppBed.open(FAST);
    bed.connectTo(server.url);
    bed.configure({
      kubernetes: { kubeconfig: "kubeconfig", namespaces: ["shop"], api: "events", enrich: "off" },
    });
    server.always("watch", (reply) => reply.refuse(403));
    await bed.start();
    const words = 'may not watch events in API group \\"events.k8s.io\\" in namespace \\"shop\\"';
    await bed.until(async () => (await bed.get("/readyz")).body.includes(words));
    server.always("watch", (reply) => void reply.open());
    await bed.until(() => bed.isReady());
  });

  it("with the credentials in its words is quoted without them", async () => {
    await using server = await ScriptedApiServer.start();
    await using bed = await AppBed.open();
    bed.connectTo(server.url);
    server.always("list", (reply, { headers }) =>
      reply.refuse(500, { message: `cannot serve authorization: ${headers.authorization}` }),
    );
    await bed.start();
    await bed.until(() => troubles(bed).length === 1);
    expect(troubles(bed)).toEqual([expect.stringContaining("cannot serve authorization: [redacted]")]);
    expect((await bed.get("/readyz")).body).toContain("cannot serve authorization: [redacted]");
  });

  it("one of two namespaces is not ready, and the other one is told of", async () => {
    await using server = await ScriptedApiServer.start();
    await using bed = await AppBed.open(FAST);
    bed.connectTo(server.url);
    bed.configure({
      kubernetes: { kubeconfig: "kubeconfig", namespaces: ["shop", "pay"], startFrom: "all", enrich: "off" },
    });
    server.always("list", (reply, { path }) => {
      if (path.includes("/pay/")) reply.refuse(403);
      else reply.json(page([]));
    });
    server.always("watch", (reply, { path }) => {
      reply.open();
      if (path.includes("/shop/")) reply.events({ type: "ADDED", object: stored("web", "shop", 101) });
      if (path.includes("/pay/")) reply.events({ type: "ADDED", object: stored("till", "pay", 102) });
    });
    await bed.start();
    await bed.arrived(1);
    const { status, body } = await bed.get("/readyz");
    expect([status, body]).toEqual([503, expect.stringContaining('in namespace \\"pay\\"')]);
    expect(body).not.toContain("shop");
    server.always("list", (reply) => reply.json(page([])));
    await bed.until(() => bed.isReady());
    await bed.arrived(2);
    expect(bed.told()).toEqual(["web", "till"]);
  });
});

function stored(name: string, namespace: string, version: number): object {
  const metadata = { name, namespace, uid: name, resourceVersion: String(version) };
  return { ...broken(name, namespace), metadata };
}

describe("two namespaces", () => {
  it("are followed by a stream and a position each, from there after a restart", async () => {
    await using bed = await AppBed.open();
    bed.configure({
      kubernetes: { kubeconfig: "kubeconfig", namespaces: ["shop", "pay"], startFrom: "now", enrich: "off" },
    });
    await bed.ready();
    expect(bed.api.stats().streams).toBe(2);
    bed.api.create(broken("web", "shop"));
    bed.api.create(broken("out", "other"));
    bed.api.create(broken("till", "pay"));
    await bed.arrived(2);
    await bed.stop();
    bed.api.create(broken("web-2", "shop"));
    bed.api.create(broken("out-2", "other"));
    bed.api.create(broken("till-2", "pay"));
    await bed.ready();
    await bed.arrived(4);
    bed.api.create(broken("last", "pay"));
    await bed.arrived(5);
    expect(bed.told().toSorted()).toEqual(["last", "till", "till-2", "web", "web-2"]);
    const { body } = await bed.get("/metrics");
    expect(body).toContain('tocsin_watch_position_age_seconds{scope="core/shop"}');
    expect(body).toContain('tocsin_watch_position_age_seconds{scope="core/pay"}');
  });
});

describe("an Event that is none", () => {
  it("is counted, said once for each kind of fault, and holds nothing up", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const objects = [
      { reason: "Broken" },
      { reason: "Broken", metadata: "text" },
      { reason: "Broken", metadata: { name: "a", resourceVersion: 7 }, involvedObject: "text" },
      { reason: "Broken", metadata: { name: "a" }, source: 5, count: "7" },
    ];
    for (const object of [...objects, ...objects])
      bed.api.writeToStreams(`${JSON.stringify({ type: "ADDED", object })}\n`);
    bed.api.create(broken("web"));
    await bed.arrived(1);
    expect(await bed.metric('tocsin_events_total{result="malformed"}')).toBe(8);
    expect(bed.logged("an event is malformed and was left out")).toMatchObject([
      { error: "not an Event: metadata.resourceVersion is missing" },
    ]);
  });

  it.each(["7", "null", '{"type":"ADDED","object":', "<html>"])(
    "nor even a line of a watch ends only that watch: %s",
    async (line) => {
      await using bed = await AppBed.open();
      await bed.ready();
      bed.api.create(broken("before"));
      bed.api.writeToStreams(`${line}\n`);
      bed.api.create(broken("after"));
      await bed.arrived(2);
      expect(bed.told()).toEqual(["before", "after"]);
      expect(await bed.metric('tocsin_watch_errors_total{kind="garbled"}')).toBe(1);
    },
  );

  it("is still one when its fields have other types than they should", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const odd = {
      count: "seven",
      source: 5,
      firstTimestamp: {},
      lastTimestamp: "soon",
      series: [],
      type: null,
    };
    const object = { ...stored("odd", "shop", 900), ...odd };
    bed.api.writeToStreams(`${JSON.stringify({ type: "ADDED", object })}\n`);
    await bed.arrived(1);
    expect(bed.told()).toEqual(["odd"]);
  });
});
