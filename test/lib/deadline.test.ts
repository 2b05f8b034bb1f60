import { expect, it } from "vitest";

import { Deadline } from "../../src/lib/deadline.ts";
import { FakeClock } from "../support/fake-clock.ts";

const reason = (): Error => new Error("too late");

it("aborts when the time is over, with its reason, and not before", async () => {
  const clock = new FakeClock();
  using deadline = new Deadline(clock, 1000, { reason });
  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(deadline.signal.reason).toEqual(new Error("too late"));
});

it("aborts with another signal, and says why that did", () => {
  const stopping = new AbortController();
  using deadline = new Deadline(new FakeClock(), 1000, { reason, signal: stopping.signal });
  stopping.abort(new Error("stopping"));
  expect(deadline.signal.reason).toEqual(new Error("stopping"));
});

it("leaves no timer behind", async () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock, 1000, { reason });
  deadline[Symbol.dispose]();
  expect(clock.pending).toBe(0);
  await clock.advance(2000);
  expect(deadline.signal.aborted).toBe(false);
});
