import { describe, expect, it } from "vitest";

import { plainJson } from "../../src/lib/plain-json.ts";

describe("plainJson", () => {
  const text = "a\u009b31m\u2028b\u202ec\u200bd\u{e0001}e\u061c ⚠️";
  const plain = plainJson(JSON.stringify({ text }));

  it("shows what a terminal may obey, and what nobody sees, as escapes", () => {
    expect(plain).toBe(String.raw`{"text":"a\u009b31m\u2028b\u202ec\u200bd\udb40\udc01e\u061c ⚠️"}`);
  });

  it("has the same values for a parser", () => {
    expect(JSON.parse(plain)).toEqual({ text });
  });
});
