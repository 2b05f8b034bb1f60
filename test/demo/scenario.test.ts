import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import {
  type Chapter,
  loadScenario,
  playScenario,
  scaledClock,
  startEventsApi,
} from "../../src/demo/index.ts";
import { STORY_START } from "../../src/demo/scenario/scenario.ts";
import { shiftTimes } from "../../src/demo/scenario/shift-times.ts";
import { normalise } from "../../src/event/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

const MINUTE = 60_000;

describe("the demo's scenario", () => {
  const scenario = loadScenario("demo");

  it("is ordered, has chapters, lasts about half an hour and fits 400 KB", () => {
    const times = scenario.steps.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(scenario.steps[0]).toHaveProperty("chapter");
    expect(scenario.steps.filter((step) => "chapter" in step).length).toBeGreaterThan(5);
    expect(scenario.durationMs).toBeGreaterThan(times.at(-1) ?? 0);
    expect(scenario.durationMs).toBeLessThan(40 * MINUTE);
    expect(statSync(fileURLToPath(new URL("../../scenarios/demo.jsonl", import.meta.url))).size).toBeLessThan(
      400_000,
    );
  });

  it("changes only Events that it has created", () => {
    const known = new Set<string>();
    const strangers = scenario.steps.filter((step) => {
      if ("event" in step) known.add(`${step.event.metadata.namespace}/${step.event.metadata.name}`);
      return "patch" in step && !known.has(`${step.namespace}/${step.name}`);
    });
    expect(strangers).toEqual([]);
  });

  it("tells nothing before it happened", () => {
    const early = scenario.steps.filter((step) => {
      if (!("event" in step)) return false;
      const metadata = { ...step.event.metadata, resourceVersion: "1" };
      const { firstSeenAt, lastSeenAt } = normalise({ ...step.event, metadata }, "demo");
      return lastSeenAt > STORY_START + step.at + 1000 || firstSeenAt > lastSeenAt;
    });
    expect(early).toEqual([]);
  });
});

describe("playScenario", () => {
  it("writes each Event at its time, with times of now, and names the chapters", async () => {
    const clock = new FakeClock(Date.parse("2026-06-01T10:00:00.500Z"));
    await using api = await startEventsApi({ clock });
    const chapters: Chapter[] = [];
    const playing = playScenario({
      scenario: loadScenario("demo"),
      api,
      clock,
      signal: new AbortController().signal,
      onChapter: (chapter) => chapters.push(chapter),
    });
    await clock.advance(MINUTE);
    expect(api.stats().events).toBe(31);
    expect(chapters).toEqual([{ at: 0, chapter: "The storefront starts" }]);

    await clock.advance(12 * MINUTE);
    const backOff = await eventsOf(api.url, "checkout", "reason=BackOff");
    expect(backOff).toHaveLength(2);
    for (const event of backOff) {
      expect(event.count).toBeGreaterThan(10);
      expect(event.firstTimestamp).toBe("2026-06-01T10:01:39Z");
      expect(Date.parse(event.lastTimestamp)).toBeLessThanOrEqual(clock.now());
      expect(Date.parse(event.lastTimestamp)).toBeGreaterThan(clock.now() - 2 * MINUTE);
    }
    const [scheduled] = await eventsOf(api.url, "checkout", "reason=Scheduled");
    expect(scheduled?.eventTime).toMatch(/^2026-06-01T10:01:30\.\d{6}Z$/u);

    await clock.advance(20 * MINUTE);
    await playing;
    expect(chapters.length).toBe(8);
    const ready = await eventsOf(api.url, "default", "reason=NodeReady");
    expect(ready).toMatchObject([{ involvedObject: { kind: "Node", name: "node-1" } }]);
  });

  it("stops at once when told so", async () => {
    const clock = new FakeClock();
    await using api = await startEventsApi({ clock });
    const controller = new AbortController();
    const scenario = loadScenario("demo");
    const playing = playScenario({
      scenario,
      api,
      clock,
      signal: controller.signal,
      onChapter: () => undefined,
    });
    await clock.advance(2000);
    controller.abort(new Error("enough"));
    await playing;
    expect(api.stats().events).toBeLessThan(31);
    expect(clock.pending).toBe(2);
  });
});

describe("shiftTimes", () => {
  it("moves instants wherever they are and keeps whole seconds and microseconds as they are written", () => {
    const event = {
      metadata: { name: "2000-01-01T00:00:00Z", creationTimestamp: "2000-01-01T00:00:10Z" },
      message: "2000-01-01T00:00:00Z",
      eventTime: "2000-01-01T00:00:10.123456Z",
      lastTimestamp: null,
      series: { count: 2, lastObservedTime: "2000-01-01T00:00:59.999001Z" },
    };
    expect(shiftTimes(event, 90_500)).toEqual({
      metadata: { name: "2000-01-01T00:00:00Z", creationTimestamp: "2000-01-01T00:01:40Z" },
      message: "2000-01-01T00:00:00Z",
      eventTime: "2000-01-01T00:01:40.623456Z",
      lastTimestamp: null,
      series: { count: 2, lastObservedTime: "2000-01-01T00:02:30.499001Z" },
    });
  });
});

describe("scaledClock", () => {
  it("runs as many times as fast, from now on", async () => {
    const real = new FakeClock();
    const start = real.now();
    const clock = scaledClock(real, 20);
    let rang = 0;
    clock.after(60_000, () => rang++);
    const slept = clock.sleep(40_000);
    await real.advance(2000);
    await slept;
    expect(clock.now() - start).toBe(40_000);
    expect(clock.monotonic()).toBe(40_000);
    expect(rang).toBe(0);
    await real.advance(1000);
    expect(rang).toBe(1);
  });
});

interface Listed {
  readonly involvedObject: object;
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly eventTime: string;
}

async function eventsOf(url: string, namespace: string, selector: string): Promise<readonly Listed[]> {
  const response = await fetch(
    `${url}/api/v1/namespaces/${namespace}/events?fieldSelector=${encodeURIComponent(selector)}`,
  );
  return ((await response.json()) as { items: Listed[] }).items;
}
