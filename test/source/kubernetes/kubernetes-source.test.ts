import { describe, expect, it } from "vitest";

import type { Position } from "../../../src/event/index.ts";
import {
  event,
  page,
  type Play,
  ScriptedApiServer,
  statusObject,
} from "../../support/scripted-api-server.ts";
import { Follow } from "./follow.ts";

const stored: Position = {
  cluster: "test",
  scope: "core/",
  clusterId: "cluster-1",
  epoch: 3,
  resourceVersion: "50",
  coverageStartAt: 1000,
  updatedAt: Date.parse("2026-06-01T09:59:00Z"),
};

const added = (name: string, version: number | string): { type: string; object: unknown } => ({
  type: "ADDED",
  object: event(name, version),
});

const inStream =
  (code: number, fields: Parameters<typeof statusObject>[1] = {}): Play =>
  (reply) => {
    reply.open().events({ type: "ERROR", object: statusObject(code, fields) });
    reply.end();
  };

const refuse =
  (status: number, fields: Parameters<Parameters<Play>[0]["refuse"]>[1] = {}): Play =>
  (reply) =>
    reply.refuse(status, fields);

describe("a cold start", () => {
  it("lists page by page, then watches from the version of the list", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("list", (reply) => reply.json(page([event("a", 7)], { version: "90", next: "t" })));
    server.next("page", (reply) => reply.json(page([event("b", 5)], { version: "90" })));
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    expect(follow.kinds).toEqual(["list", "list", "live"]);
    expect(follow.names).toEqual(["a", "b"]);
    expect(follow.batches.map(({ listEnds, position }) => [listEnds, position?.resourceVersion])).toEqual([
      [false, undefined],
      [true, "90"],
    ]);
    expect(Object.fromEntries(server.request("list").query)).toEqual({ limit: "500" });
    expect(Object.fromEntries(server.request("page").query)).toEqual({ limit: "500", continue: "t" });
    expect(Object.fromEntries(server.request("watch").query)).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: "90",
      timeoutSeconds: "45",
    });
    expect(server.request("watch").headers["accept-encoding"]).toBe("identity");
    expect(server.request("watch").socket).not.toBe(server.request("list").socket);
  });

  const date = "Mon, 01 Jun 2026 08:00:00 GMT";
  it.each([
    { startFrom: "now" as const, history: Date.parse(date), coverage: Date.parse(date) },
    { startFrom: 300_000, history: Date.parse(date) - 300_000, coverage: Date.parse(date) - 300_000 },
    { startFrom: "all" as const, history: undefined, coverage: 0 },
  ])("from $startFrom measures history by the server's clock", async ({ startFrom, history, coverage }) => {
    await using server = await ScriptedApiServer.start();
    server.always("list", (reply) => reply.json(page([event("a", 7)]), { headers: { date } }));
    await using follow = await Follow.start(server.url, { startFrom });
    await follow.untilLive();
    expect(follow.batches[0]).toMatchObject({ coverageStartAt: coverage, epoch: 0, via: "list" });
    expect(follow.batches[0]?.historyBefore).toBe(history);
    expect(follow.position?.coverageStartAt).toBe(coverage);
  });

  it("reads gzip, and lists whose items are null", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("list", (reply) => reply.json(page([event("a", 7)], { next: "t" }), { gzip: true }));
    server.next("page", (reply) =>
      reply.json({ metadata: { resourceVersion: "100" }, items: null }, { gzip: true }),
    );
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    expect(follow.names).toEqual(["a"]);
    expect(server.request("list").headers["accept-encoding"]).toBe("gzip");
  });

  it("says what it connected to and what it watches", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url, { namespaces: ["shop", "default"], group: "events" });
    await follow.until(() => follow.kinds.filter((kind) => kind === "live").length === 2);
    expect(follow.logged.map(({ message, fields }) => ({ message, ...fields }))).toEqual([
      {
        message: "connected to the API server",
        server: server.url,
        context: "test",
        version: "v1.36.3",
        clusterId: "cluster-1",
      },
      {
        message: "watching events",
        api: "events.k8s.io/v1",
        namespaces: "shop, default",
        from: "5 min back",
      },
    ]);
    expect(server.requests.filter(({ kind }) => kind === "list").map(({ path }) => path)).toEqual([
      "/apis/events.k8s.io/v1/namespaces/shop/events",
      "/apis/events.k8s.io/v1/namespaces/default/events",
    ]);
    expect(follow.source.status().map(({ scope, state }) => [scope, state])).toEqual([
      ["events/shop", "watching"],
      ["events/default", "watching"],
    ]);
  });

  it.each([
    { when: "the position is of another cluster", position: { ...stored, clusterId: "other" }, epoch: 4 },
    { when: "the scope changed", position: { ...stored, scope: "core/shop" }, epoch: 3 },
  ])(
    "begins when $when, with a warning and an epoch that keeps lineages apart",
    async ({ position, epoch }) => {
      await using server = await ScriptedApiServer.start();
      await using follow = await Follow.start(server.url, { positions: [position] });
      await follow.untilLive();
      expect(follow.batches[0]).toMatchObject({ epoch, via: "list" });
      expect(follow.logged.find(({ level }) => level === "warn")?.message).toBe(
        "no position for this cluster and scope; starting as on the first start",
      );
    },
  );

  it("reads only the positions of its cluster's name, and says the name in each message and position", async () => {
    await using server = await ScriptedApiServer.start();
    const foreign = { ...stored, cluster: "dev" };
    await using cold = await Follow.start(server.url, { positions: [foreign] });
    await cold.untilLive();
    expect(cold.batches[0]).toMatchObject({
      cluster: "test",
      via: "list",
      epoch: 0,
      position: { cluster: "test" },
    });
    expect(cold.messages.at(-1)).toMatchObject({ kind: "live", cluster: "test", scope: "core/" });
    expect(cold.source.status()).toMatchObject([{ cluster: "test", scope: "core/" }]);
    await using going = await Follow.start(server.url, { positions: [foreign, stored] });
    await going.untilLive();
    expect(going.kinds).toEqual(["live"]);
  });

  it("is not made when the server may not say who it is, nor once it may", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("identity", refuse(403));
    await using first = await Follow.start(server.url, { positions: [stored] });
    await first.untilLive();
    expect(first.kinds).toEqual(["live"]);
    await using cold = await Follow.start(server.url);
    await cold.untilLive();
    const { position } = cold;
    expect(position?.clusterId).toMatch(/^server-/u);
    server.always("identity", (reply) => reply.json({ metadata: { uid: "cluster-1" } }));
    await using again = await Follow.start(server.url, {
      positions: position === undefined ? [] : [position],
    });
    await again.untilLive();
    expect(again.kinds).toEqual(["live"]);
  });

  it("restarts a list whose snapshot was compacted, and after three times asks for it in one piece", async () => {
    await using server = await ScriptedApiServer.start();
    let lists = 0;
    server.always("list", (reply, { query }) => {
      lists += 1;
      const headers = { date: new Date(Date.UTC(2026, 5, 1, 10, lists)).toUTCString() };
      if (query.has("continue")) reply.refuse(410, { reason: "Expired" });
      else if (query.has("limit")) reply.json(page([event(`try-${lists}`, 7)], { next: "t" }), { headers });
      else reply.json(page([event("whole", 7)]), { headers });
    });
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    expect(server.count("list")).toBe(5);
    expect(server.request("list").query.has("limit")).toBe(false);
    expect(follow.batches.map(({ listEnds }) => listEnds)).toEqual([false, false, false, false, true]);
    // The beginning was measured once.
    expect(new Set(follow.batches.map(({ historyBefore }) => historyBefore)).size).toBe(1);
  });

  it("begins a list again when its continue token is refused", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("list", (reply) => reply.json(page([event("a", 7)], { next: "t" })));
    server.next("page", refuse(400, { reason: "BadRequest", message: "continue key is not valid" }));
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    expect(server.count("list")).toBe(2);
  });

  it("repeats a page that failed, not the list", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("list", (reply) => reply.json(page([event("a", 7)], { next: "t" })));
    server.next("page", refuse(500), refuse(429, { headers: { "retry-after": "20" } }));
    server.next("page", (reply) => reply.json(page([event("b", 7)])));
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    expect(follow.names).toEqual(["a", "b"]);
    expect(server.count("list")).toBe(1);
    expect(follow.clock.monotonic()).toBeGreaterThan(20_000);
  });
});

describe("the position", () => {
  it("stays one distinct version behind the newest, and moves to a bookmark", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const watch = await server.reply("watch", 0);
    const positions: string[] = [];
    const send = async (type: string, version: number): Promise<void> => {
      const before = follow.batches.length;
      watch.events({ type, object: event(`e-${version}`, version) });
      await follow
        .until(() => follow.batches.length > before || (type === "DELETED" && version === 103))
        .catch(() => undefined);
      positions.push(`${type} ${version}: ${follow.position?.resourceVersion ?? ""}`);
    };
    await send("ADDED", 101);
    await send("MODIFIED", 102);
    await send("DELETED", 103);
    await send("BOOKMARK", 110);
    await send("ADDED", 111);
    expect(positions).toEqual([
      "ADDED 101: 100",
      "MODIFIED 102: 101",
      "DELETED 103: 102",
      "BOOKMARK 110: 110",
      "ADDED 111: 110",
    ]);
    expect(follow.names).toEqual(["e-101", "e-102", "e-111"]);
    const ended = follow.batches.flatMap((batch) => batch.ended ?? []);
    expect(ended.map(({ raw }) => raw.metadata?.name)).toEqual(["e-103"]);
  });

  it("does not pass several deletions of one version that may be cut in the middle", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", (reply) => {
      const gone = { type: "DELETED", object: event("old", 105) };
      reply.open().events(added("a", 101), gone, gone);
      setImmediate(() => reply.reset());
    });
    await using follow = await Follow.start(server.url);
    await follow.until(() => server.count("watch") === 2);
    expect(follow.names).toEqual(["a"]);
    expect(server.request("watch").query.get("resourceVersion")).toBe("101");
  });

  it("resumes there after a restart, once the server has shown that it knows it", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.kinds).toEqual(["live"]);
    expect(server.count("list")).toBe(0);
    expect(Object.fromEntries(server.request("probe").query)).toEqual({
      limit: "1",
      resourceVersion: "50",
      resourceVersionMatch: "NotOlderThan",
    });
    expect(server.request("watch").query.get("resourceVersion")).toBe("50");
    (await server.reply("watch", 0)).events(added("a", 60), added("b", 70));
    await follow.until(() => follow.batches.length > 0);
    expect(follow.position).toMatchObject({ resourceVersion: "60", epoch: 3, coverageStartAt: 1000 });
    follow.source.ack(follow.position!);
    expect(follow.source.status()[0]).toMatchObject({
      resourceVersion: "60",
      state: "watching",
      trouble: "",
    });
  });
});

describe("the end of a watch", () => {
  it("that is clean leads to a watch from the position, without a list", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const first = await server.reply("watch", 0);
    first.events(added("a", 101), added("b", 102));
    await follow.until(() => follow.names.length === 2);
    first.end();
    await follow.until(() => server.count("watch") === 2);
    expect(server.request("watch").query.get("resourceVersion")).toBe("101");
    expect([server.count("list"), server.count("probe")]).toEqual([1, 0]);
    expect(follow.kinds).toEqual(["list", "live", "watch"]);
  });

  it("in the middle of a line discards that part", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", (reply) => {
      const next = JSON.stringify(added("b", 102));
      reply.open().write(`${JSON.stringify(added("a", 101))}\n${next.slice(0, 40)}`);
      setImmediate(() => reply.reset());
    });
    await using follow = await Follow.start(server.url);
    await follow.until(() => server.count("watch") === 2);
    (await server.reply("watch", 1)).events(added("a", 101), added("b", 102));
    await follow.until(() => follow.names.length === 3);
    expect(server.request("watch").query.get("resourceVersion")).toBe("100");
    expect(follow.names).toEqual(["a", "a", "b"]);
    expect(server.count("list")).toBe(1);
  });

  it.each([
    { as: "an object in the stream", play: inStream(410, { reason: "Expired" }) },
    { as: "an object called Gone", play: inStream(410, { reason: "Gone" }) },
    { as: "an HTTP status", play: refuse(410, { reason: "Expired" }) },
  ])("with 410 as $as leads to a list, and tells of the gap", async ({ play }) => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", play);
    server.next("list", (reply) => reply.json(page([event("a", 70)], { version: "200" })));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.kinds).toEqual(["gap", "list", "live"]);
    expect(follow.messages[0]).toMatchObject({ kind: "gap", scope: "core/", at: stored.updatedAt });
    expect(follow.batches[0]).toMatchObject({ historyBefore: undefined, epoch: 3, coverageStartAt: 1000 });
    expect(server.request("watch").query.get("resourceVersion")).toBe("200");
    expect(await follow.metrics.text()).toContain('tocsin_watch_relists_total{cause="gone"} 1');
  });

  it("with 410 again and again is answered at a bounded rate", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("watch", inStream(410, { reason: "Expired" }));
    await using follow = await Follow.start(server.url);
    await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 2000 });
    expect(server.count("list")).toBeGreaterThan(5);
    expect(server.count("list")).toBeLessThan(15);
    server.always("watch", (reply) => void reply.open());
    await follow.untilLive();
  });

  it("with 500 PrevKv=nil is tried twice from the position, then everything is listed", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("watch", (reply, request) => {
      if (request.query.get("resourceVersion") === "200") reply.open();
      else
        inStream(500, { reason: "InternalError", message: "etcd event received with PrevKv=nil" })(
          reply,
          request,
        );
    });
    server.always("list", (reply) => reply.json(page([], { version: "200" })));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(server.requests.filter(({ kind }) => kind !== "probe").map(({ kind }) => kind)).toEqual([
      "version",
      "identity",
      "watch",
      "watch",
      "list",
      "watch",
    ]);
    expect(follow.logged.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  it("with 504 and a probe that says the same three times raises the epoch and lists", async () => {
    await using server = await ScriptedApiServer.start();
    const tooLarge = { reason: "Timeout", cause: "ResourceVersionTooLarge" };
    server.next("probe", refuse(504, tooLarge), refuse(504, tooLarge), refuse(504, tooLarge));
    server.next("list", (reply) => reply.json(page([event("a", 20)], { version: "21" })));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.kinds).toEqual(["gap", "list", "live"]);
    const margin = stored.updatedAt - 300_000;
    expect(follow.batches[0]).toMatchObject({ epoch: 4, historyBefore: margin, coverageStartAt: margin });
    expect(follow.position).toMatchObject({ epoch: 4, resourceVersion: "21" });
    expect(follow.clock.monotonic()).toBeGreaterThanOrEqual(10_000);
    expect(
      follow.logged.some(({ level, message }) => level === "error" && message.includes("went backwards")),
    ).toBe(true);
  });

  it("with a lagging replica only waits for it", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("probe", refuse(504, { cause: "ResourceVersionTooLarge" }));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.kinds).toEqual(["live"]);
    expect(server.request("watch").query.get("resourceVersion")).toBe("50");
  });

  it("notices a server that answers the probe from an older history", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("probe", (reply) => reply.json(page([], { version: "49" })));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.position?.epoch).toBe(4);
  });

  it("that never comes is made when the watch has been silent past its time", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const openedAt = follow.clock.monotonic();
    await follow.until(() => server.count("watch") === 2);
    const seconds = (follow.clock.monotonic() - openedAt) / 1000;
    expect(seconds).toBeGreaterThan(59);
    expect(seconds).toBeLessThan(61);
    expect(server.count("probe")).toBe(1);
    expect((await server.reply("watch", 0)).closed).toBe(true);
    await follow.untilLive();
    expect(follow.kinds).toEqual(["list", "live", "gap", "live"]);
    expect(server.count("list")).toBe(1);
  });

  it("leads to a probe for the highest version seen, not for the one to resume from", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const watch = await server.reply("watch", 0);
    watch.events(added("a", 101), added("b", 102));
    await follow.until(() => follow.names.length === 2);
    server.next("watch", refuse(503));
    watch.reset();
    await follow.until(() => server.count("watch") === 3);
    expect(server.request("probe").query.get("resourceVersion")).toBe("102");
    expect(server.request("watch").query.get("resourceVersion")).toBe("101");
  });

  it("that comes at once and without an event is met with more and more patience", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("watch", (reply) => reply.open().end());
    await using follow = await Follow.start(server.url);
    await follow.until(() => follow.clock.monotonic() > 60_000, { stepMs: 1000 });
    expect(server.count("watch")).toBeGreaterThan(4);
    expect(server.count("watch")).toBeLessThan(12);
    expect(follow.trouble).toBe("the server ended the watch at once, without an event");
  });
});

describe("what stands in the stream", () => {
  it("is read the same however its bytes were cut", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const watch = await server.reply("watch", 0);
    const names = ["é€😀", "line\u2028separator", "big"];
    const objects = names.map((name, index) =>
      event(name, 101 + index, { note: name === "big" ? "x".repeat(1_500_000) : "" }),
    );
    const [one = "", two = "", three = ""] = objects.map((object) =>
      JSON.stringify({ type: "ADDED", object }),
    );
    const bytes = Buffer.from(`${one}\r\n\n${two}\n${three}\n`);
    const cut = bytes.indexOf("é") + 1;
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut, cut + 4), bytes.subarray(cut + 4)]) {
      watch.write(part);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await follow.until(() => follow.names.length === 3);
    expect(follow.names).toEqual(names);
  });

  it("comes in batches of at most 1000, with no event missing", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const many = Array.from({ length: 3000 }, (_, index) => added(`e-${index}`, 101 + index));
    (await server.reply("watch", 0)).events(...many);
    await follow.until(() => follow.names.length === 3000);
    expect(Math.max(...follow.batches.map((batch) => batch.observations.length))).toBeLessThanOrEqual(1000);
    expect(follow.position?.resourceVersion).toBe("3099");
    expect(follow.names.at(-1)).toBe("e-2999");
  });

  it.each([
    { what: "is no JSON", line: '{"type":"ADDED"' },
    { what: "is no object", line: "null" },
    { what: "has an unknown type", line: '{"type":"OTHER","object":{}}' },
    { what: "has no object", line: '{"type":"ADDED"}' },
    { what: "is too long", line: "x".repeat(4 * 1024 * 1024 + 1) },
  ])("and $what is asked for once more, then everything is listed", async ({ line }) => {
    await using server = await ScriptedApiServer.start();
    const bad: Play = (reply) => {
      reply.open().events(added("a", 101), added("b", 102));
      reply.write(`${line}\n`);
    };
    server.next("watch", bad, bad);
    server.next(
      "list",
      ...["100", "102"].map(
        (version): Play =>
          (reply) =>
            reply.json(page([], { version })),
      ),
    );
    await using follow = await Follow.start(server.url);
    await follow.until(() => server.count("watch") === 3);
    expect(follow.names).toEqual(["a", "b", "a", "b"]);
    expect(server.count("list")).toBe(2);
    expect(server.request("watch", 1).query.get("resourceVersion")).toBe("101");
  });

  it("may be an Event without metadata: it is handed over and moves nothing", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    (await server.reply("watch", 0)).events({ type: "ADDED", object: {} }, added("a", 101));
    await follow.until(() => follow.names.length === 2);
    expect(follow.names).toEqual(["undefined", "a"]);
    expect(follow.position?.resourceVersion).toBe("100");
  });

  it("may be gzip although identity was asked for", async () => {
    const { gzipSync } = await import("node:zlib");
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    server.next("watch", (reply) => {
      reply.open({ "content-encoding": "gzip" });
      for (const version of [101, 102])
        reply.write(gzipSync(`${JSON.stringify(added(`e-${version}`, version))}\n`));
    });
    await follow.until(() => follow.names.length === 2);
    expect(follow.names).toEqual(["e-101", "e-102"]);
  });

  it("waits in the socket while nobody asks", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const watch = await server.reply("watch", 0);
    follow.pause();
    watch.events(added("first", 101));
    await follow.until(() => follow.names.length === 1);
    const note = "x".repeat(10_000);
    let sent = 0;
    while (
      watch.write(`${JSON.stringify({ type: "ADDED", object: event("e", 102 + sent, { note }) })}\n`) ||
      sent < 2000
    )
      sent += 1;
    await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 10_000 });
    expect(follow.kinds).toEqual(["list", "live", "watch"]);
    follow.resume();
    await follow.until(() => follow.names.length >= sent + 1);
    // The watch's time was up long ago, but no consumer waited then: there is still a moment of grace.
    await follow.clock.advance(5000);
    expect(server.count("watch")).toBe(1);
    expect(follow.position?.resourceVersion).toBe(String(101 + sent));
  });
});

describe("trouble", () => {
  it.each([
    {
      status: 403,
      kind: "list" as const,
      words:
        '403 forbidden: may not list events in API group "" at the cluster scope: grant verbs list, watch on events',
    },
    {
      status: 403,
      kind: "watch" as const,
      words:
        '403 forbidden: may not watch events in API group "" at the cluster scope: grant verbs list, watch on events',
    },
    {
      status: 404,
      kind: "list" as const,
      words:
        '404 not found: the server has no events in API group "": check the server address, or set kubernetes.api to events',
    },
    {
      status: 401,
      kind: "list" as const,
      words:
        "401 unauthorized: the API server does not accept the credentials: check token or client certificate",
    },
    { status: 503, kind: "watch" as const, words: "GET /api/v1/events: the API server answered 503: no" },
  ])(
    "of a $kind with $status is said in words, logged once, and ends by itself",
    async ({ status, kind, words }) => {
      await using server = await ScriptedApiServer.start();
      server.always(kind, refuse(status, { message: "no" }));
      await using follow = await Follow.start(server.url);
      await follow.until(() => follow.trouble === words);
      await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 2000 });
      expect(follow.source.status()[0]?.state).toBe("waiting");
      expect(
        follow.logged.filter(({ level }) => level === "warn").map(({ fields }) => fields["trouble"]),
      ).toEqual([words]);
      server.always(kind, kind === "list" ? (reply) => reply.json(page([])) : (reply) => void reply.open());
      await follow.until(() => follow.trouble === "" && follow.source.status()[0]?.state === "watching");
      expect(follow.logged.at(-1)?.message).toBe("watching again");
    },
  );

  it.each([
    { header: "0", least: 4, most: 12 },
    { header: "30", least: 4, most: 5 },
    { header: "", least: 4, most: 12 },
  ])("of 429 with Retry-After '$header' is no hot loop", async ({ header, least, most }) => {
    await using server = await ScriptedApiServer.start();
    server.always("watch", refuse(429, header === "" ? {} : { headers: { "retry-after": header } }));
    await using follow = await Follow.start(server.url);
    await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 2000 });
    expect(server.count("watch")).toBeGreaterThanOrEqual(least);
    expect(server.count("watch")).toBeLessThanOrEqual(most);
    expect(server.count("list")).toBe(1);
  });

  it("of a server that is down keeps the position, tells of a gap after 30 s, and ends by itself", async () => {
    const server = await ScriptedApiServer.start();
    const { port } = server;
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    const liveAt = follow.clock.now();
    await server[Symbol.asyncDispose]();
    await follow.until(() => follow.kinds.at(-1) === "gap");
    expect(follow.clock.now() - liveAt).toBeGreaterThanOrEqual(29_900);
    expect(follow.trouble).toBe(`GET /api/v1/events: no answer: connect ECONNREFUSED 127.0.0.1:${port}`);
    await using again = await ScriptedApiServer.start(port);
    await follow.untilLive();
    expect(again.requests.map(({ kind }) => kind)).toEqual(["probe", "watch"]);
    expect(follow.kinds).toEqual(["list", "live", "gap", "live"]);
  });

  it("of a server that is down at the start is said until it is up", async () => {
    const first = await ScriptedApiServer.start();
    const { port, url } = first;
    await first[Symbol.asyncDispose]();
    await using follow = await Follow.start(url);
    await follow.until(() => follow.trouble !== "");
    expect(follow.source.status()[0]).toMatchObject({
      scope: "core/",
      state: "waiting",
      trouble: `GET /version: no answer: connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    await using _second = await ScriptedApiServer.start(port);
    await follow.untilLive();
    expect(follow.trouble).toBe("");
  });

  it("of a list that hangs ends at the deadline", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("list", () => undefined);
    await using follow = await Follow.start(server.url);
    await follow.until(() => follow.trouble === "GET /api/v1/events: no answer within 30 s");
    await follow.untilLive();
  });
});

describe("a list to make sure", () => {
  it.each(["end", "reset"] as const)("is made every ten minutes when watches %s", async (how) => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    for (let index = 0; server.count("list") === 1; index++) {
      await follow.until(() => follow.clock.monotonic() > 44_000 * (index + 1), { stepMs: 5000 });
      (await server.reply("watch", index))[how]();
      await follow.until(() => server.count("watch") > index + 1);
    }
    const minutes = follow.clock.monotonic() / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(10);
    expect(minutes).toBeLessThan(12);
    expect(await follow.metrics.text()).toContain('tocsin_watch_relists_total{cause="safety"} 1');
    expect(follow.kinds).not.toContain("gap");
  });

  /** Lets watches end in order until so many lists have been made; answers how many watches there were. */
  async function untilLists(server: ScriptedApiServer, follow: Follow, lists: number): Promise<number> {
    for (let index = 0; ; index++) {
      await follow.until(() => follow.clock.monotonic() > 44_000 * (index + 1), { stepMs: 5000 });
      (await server.reply("watch", index)).end();
      await follow.until(() => server.count("watch") > index + 1 || server.count("list") >= lists);
      if (server.count("list") >= lists) return index + 1;
    }
  }

  it("leaves the position where it is until a watch from there has run: what came and went is only in the history", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    server.next("list", (reply) => reply.json(page([event("b", 140)], { version: "150" })));
    const watches = await untilLists(server, follow, 2);
    await follow.until(() => follow.names.includes("b"));
    const after = await server.reply("watch", watches);
    const versions = server.requests
      .filter(({ kind }) => kind === "watch")
      .map(({ query }) => query.get("resourceVersion"));
    expect(new Set(versions)).toEqual(new Set(["100"]));
    expect(follow.position?.resourceVersion).toBe("100");
    after.events(added("gone", 130), { type: "DELETED", object: event("gone", 131) }, added("b", 140));
    await follow.until(() => follow.names.includes("gone"));
    const shown = follow.clock.monotonic();
    await follow.until(() => follow.clock.monotonic() > shown + 20_000, { stepMs: 5000 });
    after.end();
    await follow.until(() => follow.position?.resourceVersion === "150");
    await server.reply("watch", watches + 1);
    expect(server.requests.findLast(({ kind }) => kind === "watch")?.query.get("resourceVersion")).toBe(
      "150",
    );
  });

  it("counts no watch that ends at once as one that has shown everything", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    server.next("list", (reply) => reply.json(page([event("b", 140)], { version: "150" })));
    const watches = await untilLists(server, follow, 2);
    (await server.reply("watch", watches)).end();
    await follow.until(() => server.count("watch") > watches + 1);
    expect(server.requests.findLast(({ kind }) => kind === "watch")?.query.get("resourceVersion")).toBe(
      "100",
    );
  });

  it("shows how far the server's history went, which may not go backwards from there", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    server.next("list", (reply) => reply.json(page([event("b", 140)], { version: "150" })));
    const watches = await untilLists(server, follow, 2);
    server.always("probe", (reply) => reply.json(page([], { version: "120" })));
    (await server.reply("watch", watches)).reset();
    await follow.until(() => follow.position?.epoch === 1);
  });

  it("is made also when every watch falls silent before its end, as behind a proxy that swallows it", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    await follow.until(() => server.count("list") > 1, { stepMs: 5000, withinMs: 900_000 });
    expect(follow.clock.monotonic()).toBeLessThan(12 * 60_000);
  });

  it("is made only when the stream has caught up after an interruption", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    for (const kind of ["watch", "probe", "list"] as const) server.always(kind, refuse(403, {}));
    (await server.reply("watch", 0)).reset();
    await follow.until(() => follow.clock.monotonic() > 700_000, { stepMs: 5000, withinMs: 800_000 });
    const before = server.requests.length;
    server.always("probe", (reply) => reply.json(page([])));
    server.always("list", (reply) => reply.json(page([])));
    server.always("watch", (reply) => void reply.open());
    await follow.untilLive();
    const kinds = server.requests.slice(before).map(({ kind }) => kind);
    expect(kinds).toContain("watch");
    expect(kinds).not.toContain("list");
  });

  it("raises the epoch when it shows an older history than the stream did", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", inStream(410, { reason: "Expired" }));
    server.next("list", (reply) => reply.json(page([event("a", 20)], { version: "21" })));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.position).toMatchObject({ epoch: 4 });
    expect(server.count("list")).toBe(2);
  });

  it("is made at every reconnection where versions know no order", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("list", (reply) => reply.json(page([], { version: "abc" })));
    await using follow = await Follow.start(server.url);
    await follow.untilLive();
    (await server.reply("watch", 0)).end();
    await follow.until(() => server.count("list") === 2);
  });
});
