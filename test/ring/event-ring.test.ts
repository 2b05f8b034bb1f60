import { describe, expect, it } from "vitest";

import type { RawEvent } from "../../src/event/index.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { until } from "../support/until.ts";
import { MINUTE, rawEvent, RingBed } from "./ring-bed.ts";

/** Texts that no packer makes small. */
function noise(bytes: number, seed: number): string {
  let state = seed + 1;
  let text = "";
  while (text.length < bytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text;
}

describe("a ring of Events", () => {
  it("answers the newest first, page by page, each Event once and with its own number", async () => {
    const bed = new RingBed();
    for (let batch = 0; batch < 10; batch++) {
      const at = bed.clock.now();
      bed.watch(...Array.from({ length: 7 }, (_, index) => rawEvent(1 + batch * 7 + index, at)));
      await bed.clock.advance(1000);
    }
    const numbers: number[] = [];
    let after;
    for (;;) {
      const page = await bed.ring.read({ since: 0, after, limit: 8, matches: () => true });
      numbers.push(...page.rows.map(({ number }) => number));
      after = page.rows.at(-1);
      if (!page.more) break;
    }
    expect(numbers).toEqual(Array.from({ length: 70 }, (_, index) => 70 - index));
    expect((await bed.ring.get(12))?.event).toMatchObject({
      uid: "u12",
      message: "message 12",
      cluster: "prod",
    });
    expect(await bed.ring.get(71)).toBeUndefined();
  });

  it("keeps all Events of a batch whose lines are longer than a block", async () => {
    const bed = new RingBed({ blockBytes: 40 * 1024 });
    const events = Array.from({ length: 60 }, (_, index) =>
      rawEvent(index + 1, bed.clock.now(), { message: noise(2000, index) }),
    );
    bed.watch(...events);
    expect(await bed.messages()).toHaveLength(60);
  });

  it("gives the newest lines as they came, oldest first, and says whether there are more", async () => {
    const bed = new RingBed({ blockBytes: 40 * 1024 });
    const start = bed.clock.now();
    for (let version = 1; version <= 60; version++) {
      bed.watch(rawEvent(version, bed.clock.now(), { message: noise(2000, version) }));
      await bed.clock.advance(1000);
    }
    bed.watch(rawEvent(61, bed.clock.now(), { message: noise(20_000, 61) }));
    const versionsOf = (lines: readonly { readonly text: string }[]): readonly unknown[] =>
      // The lines of this test are Events of a watch.
      lines.map(({ text }) => (JSON.parse(text) as { object: RawEvent }).object.metadata?.resourceVersion);
    const some = await bed.ring.lines({ since: 0, most: 50 });
    expect(some.more).toBe(true);
    expect(versionsOf(some.lines)).toEqual(Array.from({ length: 50 }, (_, index) => String(index + 11)));
    const late = await bed.ring.lines({ since: start + 57_000, most: 50 });
    expect(late.more).toBe(false);
    expect(versionsOf(late.lines)).toEqual(["58", "59", "60"]);
    expect(late.lines.map(({ at }) => at - start)).toEqual([57_000, 58_000, 59_000]);
  });

  it("answers Events that came while the pages were read on no further page", async () => {
    const bed = new RingBed();
    bed.watch(rawEvent(1, 0), rawEvent(2, 0), rawEvent(3, 0));
    const { rows } = await bed.ring.read({ since: 0, limit: 2, matches: () => true });
    bed.watch(rawEvent(4, 0));
    const rest = await bed.ring.read({ since: 0, after: rows.at(-1), limit: 2, matches: () => true });
    expect(rest.rows.map(({ number }) => number)).toEqual([1]);
  });

  it("finds what matches, and nothing from before `since`", async () => {
    const bed = new RingBed();
    bed.watch(rawEvent(1, 0, { reason: "Killing" }), rawEvent(2, 0));
    await bed.clock.advance(MINUTE);
    const since = bed.clock.now();
    bed.watch(rawEvent(3, 0, { reason: "Killing" }));
    const killing = { limit: 10, matches: ({ reason }: { readonly reason: string }) => reason === "Killing" };
    const numbers = async (from: number): Promise<readonly number[]> =>
      (await bed.ring.read({ since: from, ...killing })).rows.map(({ number }) => number);
    expect(await numbers(0)).toEqual([3, 1]);
    expect(await numbers(since)).toEqual([3]);
  });

  it("forgets after an hour, also when nothing comes any more", async () => {
    const bed = new RingBed();
    bed.watch(rawEvent(1, 0));
    await bed.clock.advance(59 * MINUTE);
    expect(await bed.messages()).toEqual(["message 1"]);
    expect(bed.ring.oldestAt()).toBe(bed.clock.now() - 59 * MINUTE);
    await bed.clock.advance(2 * MINUTE);
    expect(await bed.messages()).toEqual([]);
    expect(bed.ring.oldestAt()).toBeUndefined();
  });

  it("takes an Event that it cannot leave on its line, and one that no scanner reads", async () => {
    const bed = new RingBed();
    bed.watch(rawEvent(1, 0), rawEvent(2, 0, { message: "x".repeat(200_000) }), rawEvent(3, 0));
    const [third, second, first] = await bed.messages();
    expect([first, third]).toEqual(["message 1", "message 3"]);
    expect(second).toMatch(/^x+…x+$/u);
    expect(second).toHaveLength(8192);
  });

  it.for(Object.entries(HOSTILE_TEXTS))("gives a hostile text back as data: %s", async ([, text]) => {
    const bed = new RingBed();
    bed.watch(rawEvent(1, 0, { message: text, reason: text }), rawEvent(2, 0));
    const { rows } = await bed.ring.read({ since: 0, limit: 10, matches: () => true });
    expect(rows.map(({ number }) => number)).toEqual([2, 1]);
    const { message } = rows[1]?.event ?? { message: "" };
    const whole = text.toWellFormed();
    const shown = message.toWellFormed();
    const [beginning, end] = [shown.slice(0, 4000), shown.slice(-4000)];
    expect(whole.startsWith(beginning) && whole.endsWith(end)).toBe(true);
    expect(message.length).toBeGreaterThanOrEqual(Math.min(text.length, 8190));
  });

  it("leaves out the ends of Events that lie between others", async () => {
    const bed = new RingBed();
    bed.ends = ["2", "4"];
    bed.watch(rawEvent(1, 0), rawEvent(2, 0), rawEvent(3, 0), rawEvent(4, 0), rawEvent(5, 0));
    expect(await bed.messages()).toEqual(["message 5", "message 3", "message 1"]);
  });

  it("drops a line that is no Event, alone", async () => {
    const bed = new RingBed();
    // Raw Events are not trusted to have their shape.
    bed.watch(rawEvent(1, 0), { metadata: null, reason: "Odd" }, rawEvent(3, 0));
    expect(await bed.messages()).toEqual(["message 3", "message 1"]);
  });
});

describe("the bounds of a ring", () => {
  it("are never more than so many Events, the newest ones", async () => {
    const bed = new RingBed({ events: 500, blockBytes: 64 * 1024 });
    for (let version = 1; version <= 3000; version++) bed.watch(rawEvent(version, 0));
    const { events } = bed.ring.size();
    expect(events).toBeLessThanOrEqual(500);
    expect(events).toBeGreaterThan(250);
    expect((await bed.messages(3))[0]).toBe("message 3000");
  });

  it("are never more than so many bytes in a storm that cannot be packed", async () => {
    const bytes = 2 * 1024 * 1024;
    const bed = new RingBed({ bytes });
    let most = 0;
    for (let version = 1; version <= 5000; version++) {
      bed.watch(rawEvent(version, 0, { message: noise(2000, version) }));
      most = Math.max(most, bed.ring.size().bytes);
    }
    expect(most).toBeLessThanOrEqual(bytes);
    expect(bed.ring.size().events).toBeGreaterThan(500);
    expect(await bed.messages()).toHaveLength(100);
    expect((await bed.ring.get(5000))?.number).toBe(5000);
    expect(await bed.ring.get(1)).toBeUndefined();
  });

  it("hold many more Events when blocks were packed, and they are read as before", async () => {
    const bytes = 2 * 1024 * 1024;
    const bed = new RingBed({ bytes });
    for (let version = 1; version <= 20_000; version++) {
      bed.watch(rawEvent(version, 0));
      // Blocks are packed off the main thread: one is written to, and at most one more waits.
      if (version % 500 === 0)
        await until(async () => {
          await bed.clock.advance(100);
          return bed.ring.size().bytes < 600_000 + version * 50;
        });
    }
    expect(bed.ring.size().events).toBe(20_000);
    expect(bed.ring.size().bytes).toBeLessThanOrEqual(bytes);
    const { rows } = await bed.ring.read({ since: 0, limit: 3, matches: ({ uid }) => uid.endsWith("777") });
    expect(rows.map(({ event }) => event.message)).toEqual([
      "message 19777",
      "message 18777",
      "message 17777",
    ]);
    expect((await bed.ring.get(1))?.event.uid).toBe("u1");
  });
});
