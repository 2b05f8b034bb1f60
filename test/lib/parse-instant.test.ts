import { describe, expect, it } from "vitest";

import { parseInstant } from "../../src/lib/parse-instant.ts";

describe("parseInstant", () => {
  it.each([
    ["2026-06-01T10:00:00Z", Date.parse("2026-06-01T10:00:00Z")],
    ["1970-01-01T00:00:00Z", 0],
    ["0001-01-01T00:00:00Z", undefined],
    ["0001-01-01T00:00:00.000000Z", undefined],
    ["yesterday", undefined],
    ["", undefined],
  ])("reads %j as %j", (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });
});
