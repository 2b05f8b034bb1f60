import { expect, it } from "vitest";

import { unusedId } from "../../src/lib/unused-id.ts";

it("an unused id is short, and none of those that are there", () => {
  const all: { readonly id: string }[] = [];
  for (let count = 0; count < 500; count++) all.push({ id: unusedId(all) });
  expect(new Set(all.map(({ id }) => id)).size).toBe(500);
  for (const { id } of all) expect(id).toMatch(/^[0-9a-f]{8}$/u);
});
