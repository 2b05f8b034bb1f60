import { expect, it } from "vitest";

import { HashedIndex } from "../../src/lib/hashed-index.ts";

const names = Array.from({ length: 50_000 }, (_, index) => `test/Pod/shop/web-${index}/app`);

it("finds every fingerprint under its key, and hardly any other", () => {
  const index = new HashedIndex();
  for (const name of names) index.add(name, `of ${name}`);
  for (const name of names) index.add(name, "of all");
  expect(names.filter((name) => ![...index.get(name)].includes(`of ${name}`))).toEqual([]);
  expect(names.filter((name) => ![...index.get(name)].includes("of all"))).toEqual([]);
  const more = names.reduce((sum, name) => sum + [...index.get(name)].length - 2, 0);
  const wrong = names.filter((name) => index.has(`${name}-2`));
  // One pair in 2^30 falls together: some of the thousand million pairs of the names.
  expect(more + wrong.length).toBeLessThan(50);
});

it("has nothing under a key that was taken out", () => {
  const index = new HashedIndex();
  index.add("a", "1");
  index.add("a", "2");
  index.delete("a", "1");
  expect([index.has("a"), [...index.get("a")]]).toEqual([true, ["2"]]);
  index.delete("a", "2");
  expect([index.has("a"), [...index.get("a")]]).toEqual([false, []]);
});
