import { expect, it } from "vitest";

import { isMapping } from "../../src/lib/mapping.ts";

it.each([
  { value: {}, is: true },
  { value: { a: 1 }, is: true },
  { value: [], is: false },
  { value: null, is: false },
  { value: "a", is: false },
  { value: undefined, is: false },
])("$value is a mapping: $is", ({ value, is }) => {
  expect(isMapping(value)).toBe(is);
});
