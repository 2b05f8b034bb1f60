import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "../../../web/state/api.ts";
import { Follower } from "../../../web/state/follower.ts";
import { liveness, turns } from "../../../web/state/live.ts";
import type { StreamWatcher } from "../../../web/state/stream-watcher.ts";

/** A bridge whose streams and answers come as the test says. */
class PlayedBridge {
  /** Of the stream that is open; undefined for none. */
  watcher: StreamWatcher | undefined;
  /** The `after` of each stream that was opened. */
  readonly joins: string[] = [];
  reads = 0;
  asksWho = 0;
  /** How readings fail; undefined while they do not. */
  failure: ApiError | undefined;
  lastId = "";
  readonly follower = new Follower({
    openStream: (after, watcher) => {
      this.joins.push(after);
      this.watcher = watcher;
      return {
        lastId: () => this.lastId,
        close: () => {
          this.watcher = undefined;
        },
      };
    },
    readLists: () => {
      this.reads += 1;
      return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
    },
    readMe: () => {
      this.asksWho += 1;
      return Promise.resolve();
    },
  });
}

const DOWN = new ApiError(0, "the bridge does not answer");

describe("following the bridge", () => {
  let bridge: PlayedBridge;
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  beforeEach(() => {
    vi.useFakeTimers();
    liveness.value = "joining";
    bridge = new PlayedBridge();
    bridge.follower.join();
  });
  afterEach(() => {
    bridge.follower.leave();
    vi.useRealTimers();
  });

  it("reads the lists once, when the stream is there", async () => {
    bridge.watcher?.onHello();
    await pass(60_000);
    expect(liveness.value).toBe("live");
    expect(bridge.reads).toBe(1);
  });

  it("reads them without a stream that does not come", async () => {
    await pass(500);
    expect(bridge.reads).toBe(1);
    expect(liveness.value).toBe("joining");
  });

  it("reads again after fifteen seconds what failed beside a stream that works, and views as well", async () => {
    bridge.watcher?.onHello();
    await pass(0);
    bridge.failure = DOWN;
    bridge.watcher?.onResync();
    await pass(0);
    expect(bridge.reads).toBe(2);
    expect(liveness.value).toBe("live");
    const before = turns.deliveries.value;
    await pass(15_000);
    expect(bridge.reads).toBe(3);
    bridge.failure = undefined;
    await pass(15_000);
    expect(bridge.reads).toBe(4);
    expect(turns.deliveries.value).toBe(before + 2);
    await pass(60_000);
    expect(bridge.reads).toBe(4);
  });

  it("goes on after the last id, reads nothing that the stream repeats, and reads what failed meanwhile", async () => {
    bridge.watcher?.onHello();
    await pass(0);
    bridge.lastId = "e-7";
    bridge.watcher?.onEnd();
    await pass(1000);
    expect(bridge.joins).toEqual(["", "e-7"]);
    const { reads } = bridge;
    bridge.watcher?.onHello();
    await pass(60_000);
    expect(bridge.reads).toBe(reads);
    bridge.failure = DOWN;
    bridge.watcher?.onEnd();
    await pass(1000);
    bridge.failure = undefined;
    bridge.watcher?.onHello();
    await pass(0);
    expect(bridge.reads).toBe(reads + 2);
  });

  it("asks every fifteen seconds and waits twice as long each time, while no stream is to be had", async () => {
    bridge.lastId = "e-7";
    for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      bridge.watcher?.onEnd();
      const { length } = bridge.joins;
      await pass(pause - 1);
      expect(bridge.joins).toHaveLength(length);
      await pass(1);
      expect(bridge.joins).toHaveLength(length + 1);
    }
    expect(liveness.value).toBe("asking");
    const { reads } = bridge;
    await pass(30_000);
    expect(bridge.reads).toBe(reads + 2);
    bridge.failure = DOWN;
    await pass(15_000);
    expect(liveness.value).toBe("lost");
  });

  it("asks who looks where a reading is refused", async () => {
    bridge.failure = new ApiError(401, "no");
    bridge.watcher?.onEnd();
    await pass(0);
    expect(bridge.asksWho).toBe(1);
    expect(liveness.value).toBe("joining");
  });

  it("asks nothing for a page that nobody sees", async () => {
    bridge.watcher?.onHello();
    await pass(0);
    bridge.failure = DOWN;
    bridge.watcher?.onResync();
    await pass(0);
    bridge.follower.leave();
    const { reads } = bridge;
    await pass(120_000);
    expect(bridge.reads).toBe(reads);
    bridge.failure = undefined;
    bridge.follower.join();
    bridge.watcher?.onHello();
    await pass(0);
    expect(bridge.reads).toBe(reads + 1);
  });
});
