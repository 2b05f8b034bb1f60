import { expect, it } from "vitest";

import { parseJson } from "../../src/lib/parse-json.ts";

it.each([
  ['{"a":[1]}', { a: [1] }],
  ["null", null],
  ["{", undefined],
  ["", undefined],
])("%j is the value %j, or none", (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
