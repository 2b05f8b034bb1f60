import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { joinKey, splitKey } from "../../src/lib/joined-key.ts";

/** Texts that try to look like other keys. */
const hostile = fc.array(
  fc.string({
    unit: fc.constantFrom("a", "b", "/", "%", "2", "F", "\0", "\u001E", "\n", "\u0085", "|", "é"),
  }),
  { minLength: 1, maxLength: 4 },
);

describe("a joined key", () => {
  it.each([
    { parts: ["prod", "Pod", "shop", "web-1"], key: "prod/Pod/shop/web-1" },
    { parts: ["prod", "Node", "", "n1"], key: "prod/Node//n1" },
    { parts: ["eks:1:cluster/prod", "a%2Fb"], key: "eks:1:cluster%2Fprod/a%252Fb" },
    { parts: ["a\0b", "c\u007Fd", "e\u0085"], key: "a%00b/c%7Fd/e%85" },
    { parts: [""], key: "" },
  ])("of $parts is $key", ({ parts, key }) => {
    expect(joinKey(parts)).toBe(key);
    expect(splitKey(key)).toEqual(parts);
  });

  it("is another one for other parts, whatever these contain", () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        expect(joinKey(a) === joinKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("gives its parts back, and holds no control character", () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        const key = joinKey(parts);
        expect(splitKey(key)).toEqual(parts);
        expect(key).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
