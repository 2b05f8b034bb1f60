import { describe, expect, it } from "vitest";

import { withoutPaths } from "../../src/lib/without-paths.ts";

describe("withoutPaths", () => {
  it.each([
    [[["a"]], { b: { c: [1, { d: 2, e: 3 }] } }],
    [[["b", "c", 1, "d"]], { a: 0, b: { c: [1, { e: 3 }] } }],
    [[["b", "c", 0]], { a: 0, b: {} }],
    [[[]], undefined],
    [[], { a: 0, b: { c: [1, { d: 2, e: 3 }] } }],
  ] as const)("%j leaves the rest, and no list of which an index moved", (paths, rest) => {
    expect(withoutPaths({ a: 0, b: { c: [1, { d: 2, e: 3 }] } }, paths)).toEqual(rest);
  });
});
