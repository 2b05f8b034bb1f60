import { describe, expect, it } from "vitest";

import { fingerprint, newId } from "../../src/lib/hash.ts";

describe("a fingerprint", () => {
  it("has 20 hex digits, and is the same in every release", () => {
    expect(fingerprint(["prod", "crash-loop", "shop"])).toMatch(/^[0-9a-f]{20}$/u);
    expect(fingerprint([])).toBe("4f53cda18c2baa0c0354");
  });

  it("counts the borders between parts", () => {
    expect(fingerprint(["ab", "c"])).not.toBe(fingerprint(["a", "bc"]));
    expect(fingerprint(["a", ""])).not.toBe(fingerprint(["a"]));
  });
});

it("new ids differ, and sort by the time of their creation", () => {
  const ids = Array.from({ length: 200 }, () => newId());
  expect(new Set(ids).size).toBe(200);
  const milliseconds = ids.map((id) => id.slice(0, 13));
  expect(milliseconds).toEqual(milliseconds.toSorted());
});
