import { describe, expect, it } from "vitest";

import { toTable } from "../../src/cli/table.ts";

const cell = (text: string) => text;

describe("toTable", () => {
  it("shortens a long cell in its middle: the end of a message says why", () => {
    const message = `failed to start: ${"x".repeat(300)}: field is immutable`;
    const text = toTable(
      [
        { title: "NAME", cell },
        { title: "MESSAGE", cell },
      ],
      [message],
      false,
    );
    const [, row = ""] = text.split("\n");
    expect(row).toMatch(
      /^failed to start: x+…x+: field is immutable {2}failed to start: x+…x+: field is immutable$/u,
    );
    expect(row).toHaveLength(60 + 2 + 160);
  });
});
