import { expect, it } from "vitest";

import { FreshAnswers } from "../../src/lookup/fresh-answers.ts";
import { FakeClock } from "../support/fake-clock.ts";

it("keeps no answer for longer than ten seconds, also when nobody asks any more", async () => {
  const clock = new FakeClock();
  const answers = new FreshAnswers(clock);
  answers.set("a", { at: 1, found: "gone" });
  await clock.advance(4000);
  answers.set("b", { at: 2, found: "gone" });
  answers.set("a", { at: 3, found: "gone" });
  await clock.advance(6000);
  expect(answers.get("a")).toEqual({ at: 3, found: "gone" });
  expect(answers.size).toBe(2);
  await clock.advance(4000);
  expect(answers.size).toBe(0);
  expect(clock.pending).toBe(0);
});
