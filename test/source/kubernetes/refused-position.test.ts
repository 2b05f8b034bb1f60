import { describe, expect, it } from "vitest";

import type { Position } from "../../../src/event/index.ts";
import { event, page, type Play, ScriptedApiServer } from "../../support/scripted-api-server.ts";
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

const added = (name: string, version: number): { type: string; object: unknown } => ({
  type: "ADDED",
  object: event(name, version),
});

/** Answers of servers and front ends instead of 410, kubernetes/kubernetes#137089 and fabric8io/kubernetes-client#7896. */
const FORMS: readonly { readonly form: string; readonly play: Play }[] = [
  { form: "an empty 200", play: (reply) => reply.open().end() },
  {
    form: "a connection that is cut after the headers",
    play: (reply) => {
      reply.open();
      setImmediate(() => reply.reset());
    },
  },
  { form: "a connection that is cut before an answer", play: (reply) => reply.reset() },
  {
    form: "a page of HTML",
    play: (reply) => void reply.open().write("<html>\n<body>no\n</body>\n</html>\n"),
  },
  { form: "500", play: (reply) => reply.refuse(500, { message: "etcdserver: mvcc: no" }) },
  { form: "502 of a front end", play: (reply) => reply.refuse(502) },
  { form: "503", play: (reply) => reply.refuse(503) },
];

/** A server that no longer has the history up to a version, and says so in its own way. */
function compactUpTo(server: ScriptedApiServer, version: number, refusal: Play): void {
  server.always("watch", (reply, request) => {
    if (Number(request.query.get("resourceVersion")) < version) refusal(reply, request);
    else reply.open();
  });
}

/** In steps so small that no socket is late. */
const SMALL = { stepMs: 50 };

const live = (follow: Follow): Promise<void> => follow.until(() => follow.kinds.at(-1) === "live", SMALL);

function warnings(follow: Follow): readonly unknown[] {
  return follow.logged.filter(({ level }) => level === "warn").map(({ fields }) => fields["trouble"]);
}

describe("a position that the server refuses without 410", () => {
  it.each(FORMS)("by $form is left after the second time, at a start", async ({ play }) => {
    await using server = await ScriptedApiServer.start();
    compactUpTo(server, 150, play);
    server.always("list", (reply) =>
      reply.json(page([event("lost-1", 60), event("lost-2", 120)], { version: "150" })),
    );
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await live(follow);
    expect(server.count("watch")).toBe(3);
    expect(server.count("list")).toBe(1);
    (await server.reply("watch", 2)).events(added("fresh-1", 160), added("fresh-2", 170));
    await follow.until(() => follow.names.length === 4);
    expect(follow.names).toEqual(["lost-1", "lost-2", "fresh-1", "fresh-2"]);
    expect(follow.kinds.slice(0, 3)).toEqual(["gap", "list", "live"]);
    expect(follow.messages[0]).toMatchObject({ kind: "gap", at: stored.updatedAt });
    expect(follow.position).toMatchObject({ resourceVersion: "160", epoch: 3 });
  });

  it.each(FORMS)("by $form is left after the second time, on a quiet cluster", async ({ play }) => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await live(follow);
    await follow.until(() => follow.clock.monotonic() > 44_000, { stepMs: 5000 });
    compactUpTo(server, 150, play);
    server.always("list", (reply) => reply.json(page([event("new-1", 140)], { version: "150" })));
    const before = follow.clock.monotonic();
    (await server.reply("watch", 0)).end();
    await follow.until(() => follow.names.includes("new-1"), SMALL);
    expect(follow.clock.monotonic() - before).toBeLessThan(10_000);
    await live(follow);
    expect(server.count("watch")).toBe(4);
    expect(server.count("list")).toBe(2);
    expect(follow.trouble).toBe("");
  });

  it("in more than one way is left all the same", async () => {
    await using server = await ScriptedApiServer.start();
    let times = 0;
    const forms = FORMS.slice(0, 2);
    compactUpTo(server, 90, (reply, request) => forms[times++ % forms.length]?.play(reply, request));
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await live(follow);
    expect(server.count("watch")).toBe(3);
  });

  it("after some seconds of thought is left too", async () => {
    await using server = await ScriptedApiServer.start();
    server.next(
      "watch",
      () => undefined,
      () => undefined,
    );
    await using follow = await Follow.start(server.url, { positions: [stored] });
    for (const turn of [0, 1]) {
      await follow.until(() => server.count("watch") > turn, SMALL);
      const at = follow.clock.monotonic();
      await follow.until(() => follow.clock.monotonic() > at + 6000);
      (await server.reply("watch", turn)).open().end();
    }
    await live(follow);
    expect(follow.position?.resourceVersion).toBe("100");
    expect(server.count("watch")).toBe(3);
  });

  it("by silence is left too", async () => {
    await using server = await ScriptedApiServer.start();
    compactUpTo(server, 90, () => undefined);
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.untilLive();
    expect(follow.position?.resourceVersion).toBe("100");
    expect(server.count("watch")).toBe(3);
  });

  it("is no warning, as 410 is none", async () => {
    await using server = await ScriptedApiServer.start();
    compactUpTo(server, 90, (reply) => reply.open().end());
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await live(follow);
    expect(warnings(follow)).toEqual([]);
  });

  it("is asked for at a bounded rate, with a warning, when the server refuses every position", async () => {
    await using server = await ScriptedApiServer.start();
    server.always("watch", (reply) => reply.open().end());
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 2000 });
    expect(server.count("list")).toBeGreaterThan(2);
    expect(server.count("list")).toBeLessThan(10);
    expect(server.count("watch")).toBeLessThan(15);
    expect(warnings(follow)).toEqual(["the server ended the watch at once, without an event"]);
    expect(follow.kinds).not.toContain("live");
  });

  it("is kept while the server refuses everything, so that its history is read afterwards", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await live(follow);
    for (const kind of ["watch", "probe", "list"] as const)
      server.always(kind, (reply) => reply.refuse(500, {}));
    (await server.reply("watch", 0)).end();
    await follow.until(() => follow.clock.monotonic() > 120_000, { stepMs: 2000 });
    server.always("probe", (reply) => reply.json(page([])));
    server.always("watch", (reply) => void reply.open().events(added("come", 101), added("gone", 102)));
    await follow.until(() => follow.names.length === 2);
    expect(server.request("watch").query.get("resourceVersion")).toBe("100");
    expect(server.count("list")).toBe(1);
  });

  it("is kept when a watch between has stayed open", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await live(follow);
    for (let turn = 0; turn < 6; turn++) {
      const watch = await server.reply("watch", turn);
      if (turn % 2 === 1) {
        const at = follow.clock.monotonic();
        await follow.until(() => follow.clock.monotonic() > at + 45_000, { stepMs: 5000 });
      }
      watch.end();
      await follow.until(() => server.count("watch") === turn + 2);
    }
    expect(server.count("list")).toBe(1);
  });
});

describe("410 on a quiet cluster", () => {
  const gone: Play = (reply) => reply.refuse(410, { reason: "Expired" });

  it("is no warning at a start", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", gone);
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await live(follow);
    expect(follow.clock.monotonic()).toBeLessThan(800);
    expect(warnings(follow)).toEqual([]);
  });

  it("is no warning right after a list to make sure, which left the position where it was", async () => {
    await using server = await ScriptedApiServer.start();
    await using follow = await Follow.start(server.url);
    await live(follow);
    await follow.until(() => server.count("list") === 2, { stepMs: 5000, withinMs: 900_000 });
    server.next("watch", gone);
    await follow.until(() => server.count("list") === 3, { stepMs: 5000 });
    expect(warnings(follow).filter((text) => String(text).includes("410"))).toEqual([]);
  });

  it("is one when it comes again soon after", async () => {
    await using server = await ScriptedApiServer.start();
    server.next("watch", gone, gone);
    await using follow = await Follow.start(server.url, { positions: [stored] });
    await live(follow);
    expect(warnings(follow)).toHaveLength(1);
  });
});
