import { describe, expect, it } from "vitest";

import { whyUnchanged } from "../../../web/model/why-unchanged.ts";

describe("a dead letter that did not change", () => {
  it.each([
    [{ unknown: [], withoutSink: [] }, ""],
    [
      { unknown: [], withoutSink: ["a"] },
      "The sink ops is not configured: configure it again, or drop this.",
    ],
    [{ unknown: ["a"], withoutSink: [] }, "This is no dead letter any more."],
  ])("says why: %j", (changed, said) => {
    expect(whyUnchanged(changed, "ops")).toBe(said);
  });
});
