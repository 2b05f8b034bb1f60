import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { KeyIndex } from "../../src/lib/key-index.ts";

const key = fc.constantFrom("k", "l");
const fingerprint = fc.constantFrom("a", "b", "c");
const step = fc.record({ do: fc.constantFrom("add" as const, "delete" as const), key, fingerprint });

describe("a key index", () => {
  it("answers as a map of sets does", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const index = new KeyIndex();
        const model = new Map<string, Set<string>>();
        for (const each of steps) {
          index[each.do](each.key, each.fingerprint);
          const set = model.get(each.key) ?? new Set();
          set[each.do](each.fingerprint);
          if (set.size === 0) model.delete(each.key);
          else model.set(each.key, set);
        }
        expect(index.size).toBe(model.size);
        for (const name of ["k", "l"]) {
          expect(index.has(name)).toBe(model.has(name));
          expect(index.count(name)).toBe(model.get(name)?.size ?? 0);
          expect([...(index.get(name) ?? [])].toSorted()).toEqual([...(model.get(name) ?? [])].toSorted());
        }
      }),
    );
  });

  it("is empty after it was cleared", () => {
    const index = new KeyIndex();
    index.add("k", "a");
    index.clear();
    expect([index.size, index.has("k"), index.get("k")]).toEqual([0, false, undefined]);
  });
});
