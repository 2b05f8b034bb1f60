import { describe, expect, it } from "vitest";

import { replyWithObject, StateBed } from "./state-bed.ts";

describe("the status of look-ups", () => {
  it("says which kinds can be read, which are forbidden or paused until when, and how many requests are free", async () => {
    await using bed = await StateBed.open();
    expect(bed.states.status()).toEqual({
      kinds: [],
      free: 50,
      burst: 50,
      perSecond: 10,
      waiting: 0,
      oldestMs: 0,
    });
    bed.serve((reply, request) => {
      if (request.path.includes("/deployments/")) reply.refuse(403, { reason: "Forbidden" });
      else if (request.path.includes("/jobs/")) reply.refuse(500);
      else replyWithObject(reply, request);
    });
    await bed.find("test/Deployment/shop/web");
    await bed.find("test/Job/shop/nightly");
    await bed.find("test/Pod/shop/web-1");
    expect(bed.states.status()).toMatchObject({
      kinds: [
        { resource: "deployments.apps", state: "forbidden", namespaces: ["shop"], retryMs: 600_000 },
        { resource: "jobs.batch", state: "paused", namespaces: [], retryMs: 5000 },
        { resource: "pods", state: "readable", namespaces: [], retryMs: 0 },
      ],
      free: 47,
    });
    await bed.clock.advance(5000);
    expect(bed.states.status().kinds.map(({ state }) => state)).toEqual([
      "forbidden",
      "readable",
      "readable",
    ]);
  });

  it("counts the questions that wait for their turn, and for how long", async () => {
    await using bed = await StateBed.open();
    bed.ask(Array.from({ length: 60 }, (_, index) => `test/Pod/shop/web-${index}`));
    await bed.idle();
    await bed.clock.advance(50);
    const { free, waiting, oldestMs } = bed.states.status();
    expect(free).toBe(0);
    expect(waiting).toBeGreaterThan(0);
    expect(oldestMs).toBe(50);
  });
});
