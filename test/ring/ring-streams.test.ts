import { describe, expect, it } from "vitest";

import { MINUTE, rawEvent, RingBed } from "./ring-bed.ts";

describe("the streams of a ring", () => {
  it("begin with the first list of all, in the order of time, without what is older than an hour", async () => {
    const bed = new RingBed();
    bed.isLive = false;
    const now = bed.clock.now();
    bed.list(
      rawEvent(8, now - 10 * MINUTE),
      rawEvent(3, now - 30 * MINUTE),
      rawEvent(1, now - 90 * MINUTE),
      rawEvent(9, now - MINUTE),
    );
    bed.readUpTo = "9";
    bed.isLive = true;
    bed.watch(rawEvent(10, now));
    expect(await bed.messages()).toEqual(["message 10", "message 9", "message 8", "message 3"]);
  });

  it("take an Event of a list that claims to be of the future as one of now", async () => {
    const bed = new RingBed();
    bed.list(rawEvent(1, bed.clock.now() + 600 * MINUTE));
    await bed.clock.advance(1000);
    bed.watch(rawEvent(2, 0));
    expect(await bed.messages()).toEqual(["message 2", "message 1"]);
  });

  it("take of the first list after a start what came before the start", async () => {
    const bed = new RingBed();
    bed.readUpTo = "5";
    const now = bed.clock.now();
    bed.watch(rawEvent(6, now), rawEvent(7, now));
    bed.readUpTo = "7";
    bed.list(rawEvent(4, now - MINUTE), rawEvent(7, now), rawEvent(5, now - 2 * MINUTE), rawEvent(8, now));
    bed.watch(rawEvent(8, now));
    expect(await bed.messages()).toEqual(["message 8", "message 7", "message 6", "message 4", "message 5"]);
  });

  it("leave out safety lists, and what a watch repeats when it goes on", async () => {
    const bed = new RingBed();
    const now = bed.clock.now();
    bed.list(rawEvent(1, now));
    bed.watch(rawEvent(2, now), rawEvent(3, now));
    bed.list(rawEvent(1, now), rawEvent(2, now), rawEvent(3, now));
    bed.watch(rawEvent(3, now), rawEvent(4, now));
    expect(await bed.messages()).toEqual(["message 4", "message 3", "message 2", "message 1"]);
  });

  it("take of a list after a gap what the watch missed", async () => {
    const bed = new RingBed();
    const now = bed.clock.now();
    bed.list(rawEvent(1, now));
    bed.watch(rawEvent(2, now));
    bed.isLive = false;
    bed.list(rawEvent(2, now), rawEvent(5, now), rawEvent(1, now));
    expect(await bed.messages()).toEqual(["message 5", "message 2", "message 1"]);
  });

  it("begin anew when the history of the server went backwards", async () => {
    const bed = new RingBed();
    const now = bed.clock.now();
    bed.watch(rawEvent(50, now));
    bed.epoch = 1;
    bed.isLive = false;
    bed.list(rawEvent(20, now));
    bed.isLive = true;
    bed.watch(rawEvent(21, now));
    expect(await bed.messages()).toEqual(["message 21", "message 20", "message 50"]);
  });
});
