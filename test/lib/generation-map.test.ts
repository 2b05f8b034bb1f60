import { describe, expect, it } from "vitest";

import { GenerationMap } from "../../src/lib/generation-map.ts";

describe("GenerationMap", () => {
  it("answers the newest value of a key", () => {
    const map = new GenerationMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("c", 3);
    map.set("a", 4);
    expect([map.get("a"), map.get("b"), map.get("c"), map.get("d")]).toEqual([4, 2, 3, undefined]);
  });

  it("keeps as many keys as it promises, and at most twice as many", () => {
    const map = new GenerationMap<number, string>(100);
    for (let key = 0; key < 1000; key++) {
      map.set(key, `of ${key}`);
      for (let known = Math.max(0, key - 99); known <= key; known++)
        expect(map.peek(known)).toBe(`of ${known}`);
    }
    const kept = Array.from({ length: 1000 }, (_, key) => map.peek(key)).filter(
      (value) => value !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(200);
  });

  it("keeps a key that is read, and forgets one that is only looked at", () => {
    const map = new GenerationMap<string, number>(3);
    map.set("read", 1);
    map.set("looked at", 2);
    for (let key = 0; key < 20; key++) {
      map.set(`other ${key}`, key);
      map.get("read");
      map.peek("looked at");
    }
    expect([map.peek("read"), map.peek("looked at")]).toEqual([1, undefined]);
  });
});
