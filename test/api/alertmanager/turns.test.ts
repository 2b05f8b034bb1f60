import { setImmediate } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { Turns } from "../../../src/api/alertmanager/turns.ts";

describe("turns", () => {
  it("let few run at once and few wait, in the order in which they came, also after a failure", async () => {
    const turns = new Turns({ most: 2, mostWaiting: 2 });
    const begun: number[] = [];
    const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const runs = ends.map((end, index) =>
      turns.run(async () => {
        begun.push(index);
        await end.promise;
      }),
    );
    expect(begun).toEqual([0, 1]);
    await expect(runs[4]).resolves.toBe(false);
    ends[1]?.reject(new Error("no"));
    await expect(runs[1]).rejects.toThrow("no");
    await setImmediate();
    expect(begun).toEqual([0, 1, 2]);
    for (const end of ends) end.resolve();
    await expect(Promise.all([runs[0], runs[2], runs[3]])).resolves.toEqual([true, true, true]);
    expect(begun).toEqual([0, 1, 2, 3]);
    await expect(turns.run(() => Promise.resolve())).resolves.toBe(true);
  });
});
