import { describe, expect, it } from "vitest";

import { parseRetryAfter } from "../../src/egress/retry-after.ts";

const NOW = Date.parse("2026-06-01T10:00:00Z");

describe("parseRetryAfter", () => {
  it.each([
    { value: undefined, ms: undefined },
    { value: "", ms: undefined },
    { value: "soon", ms: undefined },
    { value: "-5", ms: 0 },
    { value: "0", ms: 0 },
    { value: "1.5", ms: 1500 },
    { value: " 120 ", ms: 120_000 },
    { value: "86400", ms: 900_000 },
    { value: "Mon, 01 Jun 2026 10:01:00 GMT", ms: 60_000 },
    { value: "Mon, 01 Jun 2026 09:00:00 GMT", ms: 0 },
  ])("reads $value as $ms ms", ({ value, ms }) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });

  it("takes another limit where one is named", () => {
    expect(parseRetryAfter("86400", NOW, 5000)).toBe(5000);
  });
});
