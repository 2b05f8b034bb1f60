import { beforeEach, describe, expect, it } from "vitest";

import { TocsinError } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { type EngineHolding, Holder, type StoreHost } from "../../src/store/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { losingHost } from "../support/losing-host.ts";
import { openSqliteHosts } from "../support/sqlite-hosts.ts";

const patient = new AbortController().signal;

/** Work that a test ends as it likes. */
class ScriptedWork {
  isEnded = false;
  readonly #result = Promise.withResolvers<void>();
  readonly epoch: bigint;

  constructor(epoch: bigint, signal: AbortSignal) {
    this.epoch = epoch;
    signal.addEventListener("abort", () => this.#result.resolve(), { once: true });
  }

  fail(error: Error): void {
    this.#result.reject(error);
  }

  async run(): Promise<void> {
    try {
      await this.#result.promise;
    } finally {
      this.isEnded = true;
    }
  }
}

describe("a holder", () => {
  const stopping = (): AbortController => new AbortController();
  let clock: FakeClock;
  let rival: StoreHost;
  let lose: (name: string) => Promise<void>;
  let holder: Holder<EngineHolding, ScriptedWork>;
  let works: ScriptedWork[];
  let hold: (signal: AbortSignal) => Promise<EngineHolding>;
  let openWork: (holding: EngineHolding, signal: AbortSignal) => ScriptedWork;

  beforeEach(() => {
    clock = new FakeClock();
    const [inner, other] = openSqliteHosts({ path: ":memory:", clock, log: silentLogger });
    const losing = losingHost(inner);
    rival = other;
    lose = losing.lose;
    works = [];
    hold = (signal) => losing.host.hold("engine/0", signal);
    openWork = ({ epoch }, signal) => new ScriptedWork(epoch, signal);
    holder = new Holder({
      name: "engine/0",
      hold: (signal) => hold(signal),
      open: async (holding, signal) => {
        const work = openWork(holding, signal);
        works.push(work);
        return work;
      },
      clock,
      log: silentLogger,
    });
  });

  it("works while it holds the part, and releases it at the end", async () => {
    const stop = stopping();
    const ended = holder.run(stop.signal);
    await holder.settled;
    expect([holder.current, holder.isStandby]).toEqual([works[0], false]);
    stop.abort();
    await ended;
    expect([holder.current, works[0]?.isEnded]).toEqual([undefined, true]);
    await rival.hold("engine/0", patient);
  });

  it.each([
    { how: "the holding is lost", end: () => lose("engine/0") },
    {
      how: "a write is refused",
      end: async () => works[0]?.fail(new TocsinError("ERR_FENCED", "not held")),
    },
  ])("begins anew, after others had their turn, when $how", async ({ end }) => {
    const stop = stopping();
    const ended = holder.run(stop.signal);
    await holder.settled;
    const taken = rival.hold("engine/0", patient);
    await end();
    const other = await taken;
    await clock.advance(60_000);
    expect([works[0]?.isEnded, holder.current, holder.isStandby]).toEqual([true, undefined, true]);
    await other.release();
    await clock.advance(0);
    expect(works).toHaveLength(2);
    expect([holder.current, holder.isStandby]).toEqual([works[1], false]);
    expect(works[1]?.epoch).toBe(other.epoch + 1n);
    stop.abort();
    await ended;
  });

  it("does not go round at full speed when it is fenced again and again", async () => {
    openWork = ({ epoch }, signal) => {
      const work = new ScriptedWork(epoch, signal);
      work.fail(new TocsinError("ERR_FENCED", "not held"));
      return work;
    };
    const stop = stopping();
    const ended = holder.run(stop.signal);
    await clock.advance(10_000);
    expect(works).toHaveLength(11);
    stop.abort();
    await ended;
  });

  it("is a standby from its first second on while another process has the part", async () => {
    await rival.hold("engine/0", patient);
    const stop = stopping();
    const ended = holder.run(stop.signal);
    let isSettled = false;
    void holder.settled.then(() => (isSettled = true));
    await clock.advance(999);
    expect([isSettled, holder.isStandby]).toEqual([false, false]);
    await clock.advance(1);
    expect([isSettled, holder.isStandby]).toEqual([true, true]);
    stop.abort();
    await ended;
    expect(works).toEqual([]);
  });

  it("says why it cannot hold the part, is no standby then, and tries again", async () => {
    const works0 = hold;
    hold = () => Promise.reject(new TocsinError("ERR_STORE", "the disk is gone"));
    const stop = stopping();
    const ended = holder.run(stop.signal);
    await clock.advance(5000);
    expect([holder.trouble, holder.isStandby]).toEqual(["the disk is gone", false]);
    hold = works0;
    await clock.advance(1000);
    expect([holder.trouble, holder.current]).toEqual(["", works[0]]);
    stop.abort();
    await ended;
  });

  it.each([
    { what: "cannot be made", fails: true },
    { what: "fails", fails: false },
  ])("fails with the work that $what for another reason, and lets the part go", async ({ fails }) => {
    const error = new Error("no memory");
    if (fails)
      openWork = () => {
        throw error;
      };
    const ended = holder.run(patient);
    ended.catch(() => undefined);
    await clock.advance(0);
    works[0]?.fail(error);
    await expect(ended).rejects.toBe(error);
    await rival.hold("engine/0", patient);
  });

  it("ends while it waits", async () => {
    await rival.hold("engine/0", patient);
    const stop = stopping();
    const ended = holder.run(stop.signal);
    await clock.advance(5000);
    stop.abort();
    await ended;
    expect(clock.pending).toBe(0);
  });
});
