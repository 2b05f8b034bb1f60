import { expect, it } from "vitest";

import { unknownName } from "../../src/lib/unknown-name.ts";

const MANY = Array.from({ length: 45 }, (_, index) => `name-${index}`);

it.each([
  { name: "opps", known: ["ops", "log"], says: 'unknown sink "opps"; did you mean "ops"?' },
  { name: "pager", known: ["ops", "log"], says: 'unknown sink "pager"; known: ops, log' },
  { name: "ops", known: [], says: 'unknown sink "ops"; there is none' },
  { name: 'a"\n', known: [], says: 'unknown sink "a\\"\\n"; there is none' },
  { name: "x", known: MANY, says: expect.stringMatching(/known: name-0, .*name-39 and 5 more$/u) as string },
])("an unknown name comes with what was meant or what there is: $says", ({ name, known, says }) => {
  expect(unknownName("sink", name, known)).toEqual(says);
});
