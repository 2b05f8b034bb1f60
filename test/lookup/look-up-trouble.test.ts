import { describe, expect, it } from "vitest";

import { type Reply, statusObject } from "../support/scripted-api-server.ts";
import { objectAt, replyWithObject, StateBed } from "./state-bed.ts";

const MINUTE = 60_000;
const POD = "test/Pod/shop/web-1";
const PATH = "/api/v1/namespaces/shop/pods/web-1";

/** Counts of `tocsin_look_ups_total`, `resource outcome` → count. */
async function countsOf(bed: StateBed): Promise<Readonly<Record<string, number>>> {
  const text = await bed.metrics.text();
  const lines = text.matchAll(/^tocsin_look_ups_total\{resource="(.*)",outcome="(.*)"\} (\d+)$/gmu);
  return Object.fromEntries(
    [...lines].map(([, resource, outcome, count]) => [`${resource} ${outcome}`, Number(count)]),
  );
}

describe("an object is gone", () => {
  it("when the API server says that this object is not there", async () => {
    await using bed = await StateBed.open();
    bed.serve((reply, { path }) => reply.refuseAsGone(path));
    expect(await bed.verdict(POD)).toBe("gone");
    expect(await countsOf(bed)).toEqual({ "pods gone": 1 });
    expect(bed.warnings).toEqual([]);
  });

  it.each([
    { what: "another name", body: statusObject(404, { reason: "NotFound", name: "web-2" }) },
    { what: "no name: the path is not served", body: statusObject(404, { reason: "NotFound" }) },
    { what: "no reason", body: statusObject(404, { name: "web-1" }) },
    { what: "no Status", body: { reason: "NotFound", details: { name: "web-1" } } },
    { what: "a page", body: "<html>404 page not found</html>" },
    { what: "nothing", body: undefined },
  ])("and not from a 404 with $what", async ({ body }) => {
    await using bed = await StateBed.open();
    bed.serve((reply) => reply.json(body ?? null, { status: 404 }));
    expect(await bed.verdict(POD)).toBe("unknown");
    expect(await bed.owners.gone([POD])).toEqual([]);
    expect(bed.warnings.length).toBeGreaterThan(0);
  });
});

describe("a refusal", () => {
  it("concerns one kind, is said once, and is tried again after ten minutes", async () => {
    await using bed = await StateBed.open();
    bed.serve((reply, request) => {
      if (request.path.includes("/deployments/")) reply.refuse(403, { reason: "Forbidden" });
      else replyWithObject(reply, request);
    });
    expect(await bed.verdict("test/Deployment/shop/web")).toBe("unknown");
    expect(await bed.verdict("test/Deployment/shop/api")).toBe("unknown");
    expect(await bed.verdict(POD)).toBe("found");
    expect(await countsOf(bed)).toEqual({
      "deployments.apps forbidden": 1,
      "deployments.apps skipped": 1,
      "pods found": 1,
    });
    await bed.clock.advance(10 * MINUTE);
    bed.serve(replyWithObject);
    expect(await bed.verdict("test/Deployment/shop/web")).toBe("found");
    expect(bed.warnings).toEqual([
      {
        message: expect.stringContaining("may not be looked up"),
        fields: { resource: "deployments.apps", namespace: "shop", error: "the API server answered 403" },
      },
    ]);
  });

  it("concerns one namespace", async () => {
    await using bed = await StateBed.open();
    bed.serve((reply, request) => {
      if (request.path.includes("/namespaces/secret/")) reply.refuse(403, { reason: "Forbidden" });
      else replyWithObject(reply, request);
    });
    expect(await bed.verdict("test/Pod/secret/a")).toBe("unknown");
    expect(await bed.verdict(POD)).toBe("found");
    expect(await bed.verdict("test/Pod/secret/b")).toBe("unknown");
    expect(await countsOf(bed)).toEqual({ "pods forbidden": 1, "pods found": 1, "pods skipped": 1 });
  });

  it("of all kinds costs one request and one warning for each", async () => {
    await using bed = await StateBed.open();
    bed.serve((reply) => reply.refuse(403, { reason: "Forbidden" }));
    for (const round of ["a", "b", "c"]) {
      expect(await bed.verdict(`test/Pod/shop/${round}`)).toBe("unknown");
      expect(await bed.verdict(`test/Job/shop/${round}`)).toBe("unknown");
      expect(await bed.verdict(`test/Node//${round}`)).toBe("unknown");
    }
    expect(bed.paths).toHaveLength(3);
    expect(bed.warnings.map(({ fields }) => fields?.["resource"])).toEqual(["pods", "jobs.batch", "nodes"]);
  });
});

describe("an API server that is asked too often", () => {
  it("is left alone for as long as it says", async () => {
    await using bed = await StateBed.open();
    bed.server.next("other", (reply) =>
      reply.refuse(429, { reason: "TooManyRequests", headers: { "retry-after": "40" } }),
    );
    expect(await bed.verdict(POD)).toBe("unknown");
    await bed.clock.advance(39_999);
    expect(await bed.verdict("test/Node//n1")).toBe("unknown");
    expect(bed.paths).toHaveLength(1);
    await bed.clock.advance(1);
    expect(await bed.verdict("test/Node//n1")).toBe("found");
    expect(await countsOf(bed)).toEqual({ "pods busy": 1, "nodes skipped": 1, "nodes found": 1 });
  });
});

describe("an answer that cannot be believed", () => {
  const canary = "password-of-the-database";
  it.each([
    { what: "500", play: (reply: Reply) => reply.refuse(500, { message: canary }) },
    { what: "503 of a proxy", play: (reply: Reply) => reply.json(`<html>${canary}</html>`, { status: 503 }) },
    { what: "a redirect", play: (reply: Reply) => reply.json(canary, { status: 302 }) },
    { what: "no JSON", play: (reply: Reply) => end(reply, `{"kind":"Pod","spec":"${canary}`) },
    { what: "an empty body", play: (reply: Reply) => end(reply, "") },
    { what: "a list", play: (reply: Reply) => reply.json([objectAt(PATH)]) },
    { what: "another kind", play: (reply: Reply) => reply.json({ ...objectAt(PATH), kind: "Node" }) },
    { what: "another name", play: (reply: Reply) => reply.json(objectAt(PATH.replace("web-1", "web-2"))) },
    { what: "another namespace", play: (reply: Reply) => reply.json(objectAt(PATH.replace("shop", "pay"))) },
    { what: "no metadata", play: (reply: Reply) => reply.json({ kind: "Pod" }) },
    { what: "a reset", play: (reply: Reply) => reply.reset() },
  ])("such as $what proves nothing, and pauses this kind alone", async ({ play }) => {
    await using bed = await StateBed.open();
    bed.serve((reply, request) => {
      if (request.path.includes("/pods/")) play(reply);
      else replyWithObject(reply, request);
    });
    expect(await bed.verdict(POD)).toBe("unknown");
    expect(await bed.verdict("test/Pod/shop/web-2")).toBe("unknown");
    expect(await bed.verdict("test/Deployment/shop/web")).toBe("found");
    expect(await countsOf(bed)).toEqual({ "pods failed": 1, "pods skipped": 1, "deployments.apps found": 1 });
    expect(bed.warnings).toHaveLength(1);
    expect(JSON.stringify(bed.warnings)).not.toContain(canary);
  });

  it("such as none is waited for 3 s, and the kind is then tried ever more rarely", async () => {
    await using bed = await StateBed.open();
    bed.serve(() => undefined);
    const hang = async (): Promise<void> => {
      const asked = bed.paths.length;
      bed.ask([POD], { purpose: "hint" });
      await bed.server.reply("other", asked);
      await bed.clock.advance(2999);
      expect(bed.facts).toEqual([]);
      await bed.clock.advance(1);
      await bed.idle();
      expect(bed.facts.splice(0)).toMatchObject([{ found: "unknown" }]);
    };
    for (const pauseMs of [5000, 10_000, 20_000, 40_000, MINUTE, MINUTE]) {
      await hang();
      await bed.clock.advance(pauseMs - 1);
      expect(await bed.verdict(POD, { purpose: "hint" })).toBe("unknown");
      bed.facts.length = 0;
      await bed.clock.advance(1);
    }
    bed.serve(replyWithObject);
    expect(await bed.verdict(POD, { purpose: "hint" })).toBe("found");
    bed.serve(() => undefined);
    bed.facts.length = 0;
    await hang();
    await bed.clock.advance(5000);
    bed.serve(replyWithObject);
    expect(await bed.verdict(POD, { purpose: "hint" })).toBe("found");
    expect(bed.warnings).toHaveLength(2);
  });

  it("counts once where several requests fail together", async () => {
    await using bed = await StateBed.open();
    bed.serve(() => undefined);
    bed.ask(Array.from({ length: 4 }, (_, index) => `test/Pod/shop/p${index}`));
    await bed.server.reply("other", 3);
    await bed.clock.advance(3000);
    await bed.idle();
    await bed.clock.advance(5000);
    bed.serve(replyWithObject);
    expect(await bed.verdict(POD)).toBe("found");
  });

  it.each([false, true])(
    "such as one that is too large (gzip: %s) concerns this object alone",
    async (gzip) => {
      await using bed = await StateBed.open();
      const huge = {
        spec: { containers: [{ name: "a", env: [{ name: "A", value: "\u0000".repeat(600_000) }] }] },
      };
      bed.serve((reply, request) => {
        if (request.path === PATH) reply.json(objectAt(PATH, huge), { gzip });
        else replyWithObject(reply, request);
      });
      expect(await bed.verdict(POD)).toBe("unknown");
      expect(await bed.verdict(POD)).toBe("unknown");
      expect(await bed.verdict("test/Pod/shop/web-2")).toBe("found");
      await bed.clock.advance(5 * MINUTE);
      expect(await bed.verdict(POD)).toBe("unknown");
      expect(await countsOf(bed)).toEqual({ "pods tooLarge": 2, "pods skipped": 1, "pods found": 1 });
      expect(bed.warnings).toEqual([]);
    },
  );
});

function end(reply: Reply, text: string): void {
  reply.open({ "content-length": String(Buffer.byteLength(text)) });
  reply.write(text);
  reply.end();
}
