import { expect, it } from "vitest";

import { counted } from "../../src/lib/counted.ts";

it.each([
  [0, "0 rules"],
  [1, "1 rule"],
  [2, "2 rules"],
])("%d has the right form of its noun: %s", (count, text) => {
  expect(counted(count, "rule")).toBe(text);
});
