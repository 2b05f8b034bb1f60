import { describe, expect, it } from "vitest";

import { AppBed, broken, CANARY, CRITICAL_RULES, HOOK, ROUTE } from "../support/app-bed.ts";
import { startReceiver } from "../support/fake-receiver.ts";

describe("a receiver", () => {
  it("that refuses a message makes a dead letter of it, with the reason, and of no other", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.script({ status: 400, body: `no such key: ${CANARY}-key` });
    bed.api.create(broken("poison"));
    await bed.until(() => bed.logged("delivery is a dead letter").length === 1);
    bed.api.create(broken("fine"));
    await bed.arrived(2);
    expect(bed.told()).toEqual(["poison", "fine"]);
    await bed.until(async () => (await bed.metric('tocsin_dead_letters{sink="hook"}')) === 1);
    expect(bed.logged("delivery is a dead letter")).toMatchObject([
      { sink: "hook", error: expect.stringContaining("400") },
    ]);
  });

  it("that fails for a while gets the message once it works, with the same id", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.receiver.script({ status: 500 }, { status: 500 }, { status: 500 });
    bed.api.create(broken("web"));
    await bed.arrived(4);
    await bed.until(() => bed.logged("sink works again").length === 1);
    expect(new Set(bed.receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const attempts = 'tocsin_delivery_attempts_total{sink="hook"';
    expect(await bed.metric(`${attempts},outcome="delivered"}`)).toBe(1);
    expect((await bed.metric('tocsin_dead_letters{sink="hook"}')) ?? 0).toBe(0);
    bed.api.create(broken("next"));
    await bed.arrived(5);
    expect(bed.told().at(-1)).toBe("next");
  });

  it("that never answers delays no other", async () => {
    await using slow = await startReceiver("hang");
    await using bed = await AppBed.open({ speed: 1 });
    bed.write("rules.yaml", CRITICAL_RULES);
    bed.configure({
      sinks: [HOOK, { name: "slow", type: "webhook", url: slow.url, timeout: "30s" }],
      route: { ...ROUTE, sinks: ["slow", "hook"] },
    });
    await bed.ready();
    for (let index = 0; index < 30; index++) bed.api.create(broken(`pod-${index}`));
    await bed.arrived(30);
    expect(slow.requests.length).toBeGreaterThan(0);
    expect(await bed.metric('tocsin_deliveries{sink="slow",state="waiting"}')).toBe(30);
    // Its attempts are given up at the end, not waited for.
    await slow.close();
  });

  it("gets the secrets that nobody else hears of", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.api.create(broken("web"));
    await bed.arrived(1);
    const basic = Buffer.from(`user:${CANARY}-password`).toString("base64");
    expect(bed.receiver.requests[0]).toMatchObject({
      path: `/${CANARY}-path`,
      headers: { "x-key": `${CANARY}-key`, authorization: `Basic ${basic}` },
    });
  });
});

describe("a secret file of a sink", () => {
  it("that no longer holds what is needed breaks the sink, until it is mended", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("hook-url", `no URL but ${CANARY}`);
    bed.api.create(broken("web"));
    await bed.until(() => bed.logged("sink is broken; its deliveries wait until it is mended").length === 1);
    bed.write("hook-url", bed.receiver.url);
    await bed.arrived(1);
    expect((await bed.metric('tocsin_dead_letters{sink="hook"}')) ?? 0).toBe(0);
    expect(bed.told()).toEqual(["web"]);
  });

  it("is read again at every use", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    bed.write("hook-key", `${CANARY}-rotated`);
    bed.api.create(broken("web"));
    await bed.arrived(1);
    expect(bed.receiver.requests[0]?.headers["x-key"]).toBe(`${CANARY}-rotated`);
  });
});
