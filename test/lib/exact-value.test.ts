import { describe, expect, it } from "vitest";

import { exactValue, quotedValue } from "../../src/lib/exact-value.ts";

describe("an exact value", () => {
  it.each(["shop", "Deployment/web", "a=b&c", "", 'a"b'])("%j is written as it is", (value) => {
    expect(exactValue(value)).toBe(value);
    expect(quotedValue(value)).toBe(undefined);
  });

  it.each(["Pod/*", "a?", "!x", "/re/", '"quoted"', '"open', " x", "x\n"])(
    "%j is quoted, and read back",
    (value) => {
      expect(exactValue(value)).toBe(JSON.stringify(value));
      expect(quotedValue(exactValue(value))).toBe(value);
    },
  );

  it("is not read from quotes that hold something else", () => {
    expect(quotedValue('"open')).toBe(undefined);
    expect(quotedValue('"a" b')).toBe(undefined);
  });
});
