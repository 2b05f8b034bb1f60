import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RepeatedReading } from "../../../web/state/repeated-reading.ts";

describe("a reading that is repeated", () => {
  let pages: number[];
  let open: PromiseWithResolvers<void> | undefined;
  let reading: RepeatedReading;
  beforeEach(() => {
    vi.useFakeTimers();
    pages = [];
    open = undefined;
    reading = new RepeatedReading(async () => {
      pages.push(reading.pages);
      await open?.promise;
    });
  });
  afterEach(() => {
    reading.end();
    vi.useRealTimers();
  });
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it("reads once for its beginning and the turn that comes with it", async () => {
    reading.begin(200);
    reading.renew();
    await pass(199);
    expect(pages).toEqual([]);
    await pass(60_000);
    expect(pages).toEqual([1]);
  });

  it("reads again within a second when something changes all the time, and once more at the end", async () => {
    reading.begin(0);
    await pass(0);
    for (let change = 0; change < 50; change++) {
      reading.renew();
      await pass(100);
    }
    expect(pages).toHaveLength(1 + 5);
    reading.renew();
    await pass(60_000);
    expect(pages).toHaveLength(1 + 5 + 1);
  });

  it("reads never twice at once, and again when something changed meanwhile", async () => {
    open = Promise.withResolvers();
    reading.begin(0);
    await pass(0);
    reading.renew();
    reading.now();
    await pass(60_000);
    expect(pages).toHaveLength(1);
    open.resolve();
    await pass(60_000);
    expect(pages).toHaveLength(2);
  });

  it("reads what is shown and one page more at once when somebody asks, and rests the longer", async () => {
    reading.begin(0);
    await pass(0);
    reading.now(true);
    await pass(0);
    expect(pages).toEqual([1, 2]);
    reading.renew();
    await pass(1999);
    expect(pages).toEqual([1, 2]);
    await pass(1);
    expect(pages).toEqual([1, 2, 2]);
  });

  it("does not make somebody wait who asks for a page while it reads", async () => {
    open = Promise.withResolvers();
    reading.begin(0);
    await pass(0);
    reading.now(true);
    open.resolve();
    await pass(0);
    expect(pages).toEqual([1, 2]);
  });

  it("reads no more after its end", async () => {
    open = Promise.withResolvers();
    reading.begin(0);
    await pass(0);
    reading.renew();
    reading.end();
    open.resolve();
    reading.renew();
    await pass(60_000);
    expect(pages).toHaveLength(1);
  });
});
