import { describe, expect, it } from "vitest";

import type { InquiryPurpose } from "../../src/alert/index.ts";
import { InquiryQueue } from "../../src/lookup/inquiry-queue.ts";
import { readObjectState } from "../../src/object/index.ts";
import { until } from "../support/until.ts";
import { replyWithObject, StateBed } from "./state-bed.ts";

const SECOND = 1000;

const pods = (namespace: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `test/Pod/${namespace}/p${index}`);

/** The times of all requests, on the monotonic clock. */
function timesOf(bed: StateBed): readonly number[] {
  const times: number[] = [];
  bed.serve((reply, request) => {
    times.push(bed.clock.monotonic());
    replyWithObject(reply, request);
  });
  return times;
}

describe("a storm of 300 pods", () => {
  it("costs 50 look-ups at once and then ten a second, and each gets its answer", async () => {
    await using bed = await StateBed.open();
    const times = timesOf(bed);
    bed.ask(pods("shop", 300));
    await bed.idle();
    expect(times).toHaveLength(50);
    await bed.pass(25 * SECOND);
    expect(bed.facts).toHaveLength(300);
    expect(times).toHaveLength(300);
    for (let second = 0; second < 25; second++) {
      const inIt = times.filter((time) => time > second * SECOND && time <= (second + 1) * SECOND);
      expect(inIt.length).toBeLessThanOrEqual(10);
    }
    await bed.pass(5 * SECOND);
    bed.ask(pods("pay", 100), { purpose: "hint" });
    await bed.idle();
    expect(times).toHaveLength(350);
  });

  it("leaves half of the look-ups to messages while open alerts are looked at again", async () => {
    await using bed = await StateBed.open();
    const times = timesOf(bed);
    bed.ask(pods("shop", 300), { purpose: "watch" });
    await bed.pass(20 * SECOND);
    // Five at once, then five a second.
    expect(times).toHaveLength(105);
    bed.ask(pods("pay", 40), { purpose: "tell" });
    await bed.idle();
    expect(bed.paths.slice(105).filter((path) => path.includes("/pay/"))).toHaveLength(40);
    expect(await bed.metrics.text()).toContain('tocsin_look_ups_waiting{purpose="watch"} 195');
    expect(await bed.metrics.text()).toContain('tocsin_look_up_delay_seconds{purpose="watch"} 20');
    expect(await bed.metrics.text()).toContain('tocsin_look_ups_waiting{purpose="tell"} 0');
  });

  it("shares its look-ups with those for owners, which leave some for messages", async () => {
    await using bed = await StateBed.open();
    const times = timesOf(bed);
    const batches = Array.from({ length: 5 }, (_, batch) => bed.owners.find(pods(`shop-${batch}`, 60)));
    await until(() => times.length === 40);
    bed.ask(pods("pay", 30));
    await bed.pass(2 * SECOND);
    const found = (await Promise.all(batches)).flat();
    // Those without a turn within half of their time are asked about with the next Event.
    expect(found.length).toBeGreaterThanOrEqual(42);
    expect(found.length).toBeLessThanOrEqual(45);
    expect(bed.facts.length).toBeGreaterThanOrEqual(25);
    await bed.pass(SECOND);
    expect(bed.facts).toHaveLength(30);
    for (const second of [0, 1, 2, 3])
      expect(times.filter((time) => time <= second * SECOND).length).toBeLessThanOrEqual(50 + 10 * second);
    expect(await bed.metrics.text()).toContain('resource="pods",outcome="skipped"');
  });

  it("shares its look-ups with the logs of containers", async () => {
    await using bed = await StateBed.open({ logs: { namespaces: ["shop"], lines: 5 } });
    const times = timesOf(bed);
    bed.ask(pods("pay", 50));
    await bed.idle();
    const read: unknown[] = [];
    const found = readObjectState("Pod", {
      metadata: {},
      spec: { containers: [{ name: "app" }] },
      status: {
        containerStatuses: [
          {
            name: "app",
            restartCount: 3,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 1, finishedAt: new Date(bed.clock.now()).toISOString() } },
          },
        ],
      },
    });
    for (let index = 0; index < 20; index++)
      bed.logs?.read({ object: `test/Pod/shop/w${index}`, found: found ?? "unknown" }, (logs) =>
        read.push(logs),
      );
    await bed.pass(SECOND);
    await until(() => read.length === 20);
    expect(times.length).toBeGreaterThan(50);
    expect(times.length).toBeLessThanOrEqual(60);
  });
});

it("measures the time between two looks at an open alert", async () => {
  await using bed = await StateBed.open();
  for (const seconds of [0, 30, 100, 3600]) {
    await bed.clock.advance(seconds * SECOND);
    await bed.find("test/Pod/shop/a", { purpose: "watch" });
    await bed.find("test/Pod/shop/a", { purpose: "hint" });
  }
  const text = await bed.metrics.text();
  expect(text).toContain("tocsin_look_up_interval_seconds_sum 130");
  expect(text).toContain("tocsin_look_up_interval_seconds_count 2");
});

describe("whose turn it is", () => {
  it("goes by purpose, then by namespace, then by age", async () => {
    await using bed = await StateBed.open();
    bed.ask(pods("warm-up", 50));
    await bed.idle();
    bed.ask(["test/Pod/a/watched"], { purpose: "watch" });
    bed.ask(["test/Pod/a/hinted", "test/Pod/a/raised"], { purpose: "hint" });
    bed.ask(["test/Pod/a/ends"], { purpose: "end" });
    bed.ask([
      "test/Pod/a/1",
      "test/Pod/a/2",
      "test/Pod/a/3",
      "test/Node//n1",
      "test/Pod/b/1",
      "test/Pod/b/2",
    ]);
    bed.ask(["test/Pod/a/raised"]);
    await bed.pass(2 * SECOND);
    const order = bed.paths.slice(50).map((path) => path.split("/").slice(-3).join("/").replace("/pods", ""));
    expect(order).toEqual([
      "a/1",
      "v1/nodes/n1",
      "b/1",
      "a/2",
      "b/2",
      "a/3",
      "a/raised",
      "a/ends",
      "a/hinted",
      "a/watched",
    ]);
  });
});

describe("a queue of inquiries", () => {
  const entry = (path: string, purpose: InquiryPurpose, namespace = "a") => ({ path, purpose, namespace });

  it("makes room for an urgent one by what is least urgent", () => {
    const queue = new InquiryQueue(3);
    for (const each of [entry("h", "hint"), entry("w1", "watch"), entry("w2", "watch")]) queue.add(each);
    expect(queue.isFull).toBe(true);
    expect(queue.takeBelow("tell")?.path).toBe("w1");
    expect(queue.isFull).toBe(false);
    expect(queue.takeBelow("hint")?.path).toBe("w2");
    expect(queue.takeBelow("hint")).toBeUndefined();
    expect(queue.take()?.path).toBe("h");
    expect(queue.take()).toBeUndefined();
  });

  it("has one that became more urgent only once", () => {
    const queue = new InquiryQueue(10);
    const raised = entry("x", "watch");
    queue.add(raised);
    queue.raise(raised, "hint");
    queue.raise(raised, "tell");
    queue.raise(raised, "end");
    queue.add(entry("y", "watch"));
    expect([...queue.all()]).toHaveLength(2);
    expect(queue.nextPurpose).toBe("tell");
    expect([queue.take()?.path, queue.take()?.path, queue.take()?.path]).toEqual(["x", "y", undefined]);
  });

  it("takes a path again after it was taken out, without its older place", () => {
    const queue = new InquiryQueue(10);
    const first = entry("x", "watch");
    queue.add(first);
    queue.raise(first, "tell");
    expect(queue.take()).toBe(first);
    const again = entry("x", "hint");
    queue.add(again);
    expect(queue.nextPurpose).toBe("hint");
    expect(queue.take()).toBe(again);
    expect(queue.take()).toBeUndefined();
  });
});
