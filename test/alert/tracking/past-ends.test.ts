import { expect, it } from "vitest";

import { PastEnds } from "../../../src/alert/tracking/past-ends.ts";
import { START } from "../../support/engine-bed.ts";
import { makeAlert } from "../make.ts";

it("the store forgets the past that memory has no room for", () => {
  const past = new PastEnds();
  const alert = makeAlert("first");
  past.add(alert, START);
  past.drain();
  for (let index = 0; index < 10_000; index++) past.add({ ...alert, fingerprint: `f${index}` }, START);
  const { put, forget } = past.drain();
  expect([put.length, forget]).toEqual([10_000, [{ kind: "pastEnds", key: "first" }]]);
});
