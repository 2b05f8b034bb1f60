import { expect, it } from "vitest";

import { FailureLimit } from "../../../src/api/access/failure-limit.ts";

it("lets an address fail five times within a minute, each on its own", () => {
  const limit = new FailureLimit();
  for (let number = 1; number <= 5; number++) {
    expect(limit.waitMs("10.0.0.1", number * 1000)).toBe(0);
    expect(limit.add("10.0.0.1", number * 1000)).toBe(number);
  }
  expect(limit.waitMs("10.0.0.1", 6000)).toBe(55_000);
  expect(limit.waitMs("10.0.0.2", 6000)).toBe(0);
});

it("is not prolonged by further failures", () => {
  const limit = new FailureLimit();
  for (let at = 0; at < 60_000; at += 1000) limit.add("10.0.0.1", at);
  expect(limit.waitMs("10.0.0.1", 59_999)).toBe(1);
  expect(limit.waitMs("10.0.0.1", 60_000)).toBe(0);
});

it("forgets failures after a minute, also when nobody asked at its end", () => {
  const limit = new FailureLimit();
  for (let number = 1; number <= 5; number++) limit.add("10.0.0.1", 0);
  expect(limit.waitMs("10.0.0.1", 90_000)).toBe(0);
  expect(limit.add("10.0.0.1", 90_000)).toBe(1);
});

it("remembers a thousand addresses, and forgets the one that failed longest ago", () => {
  const limit = new FailureLimit();
  for (let index = 0; index <= 1000; index++) limit.add(`address ${index}`, 0);
  expect(limit.add("address 1000", 1)).toBe(2);
  expect(limit.add("address 0", 1)).toBe(1);
});
