import { expect, it } from "vitest";

import { SharedValues } from "../../src/lib/shared-values.ts";

it("gives the first of equal values, and keeps different ones apart", () => {
  const shared = new SharedValues();
  const first = { sinks: ["ops"], until: undefined };
  expect(shared.of(first)).toBe(first);
  expect(shared.of({ sinks: ["ops"] })).toBe(first);
  expect(shared.of({ sinks: ["pager"] })).toEqual({ sinks: ["pager"] });
  expect(shared.of(null)).toBeNull();
});

it("forgets values when there are thousands, and never gives a wrong one", () => {
  const shared = new SharedValues();
  const first = shared.of({ index: 0 });
  for (let index = 1; index < 4000; index++) shared.of({ index });
  expect(shared.of({ index: 0 })).toBe(first);
  for (let index = 4000; index < 9000; index++) expect(shared.of({ index })).toEqual({ index });
  const again = shared.of({ index: 0 });
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});

it("keeps no long value", () => {
  const shared = new SharedValues();
  const long = { text: "x".repeat(1000) };
  shared.of(long);
  expect(shared.of({ ...long })).not.toBe(long);
});
