import { expect, it } from "vitest";

import { AddressRanges, parseRange } from "../../src/lib/address-ranges.ts";

it.each([
  ["10.0.0.0/8", "10.255.0.1", true],
  ["10.0.0.0/8", "11.0.0.1", false],
  ["10.0.0.0/8", "::ffff:10.1.2.3", true],
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2.3", "10.1.2.4", false],
  ["0.0.0.0/0", "192.0.2.1", true],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["fd00::/8", "fd12::1", true],
  ["::1", "::1", true],
  ["10.0.0.0/8", "", false],
  ["10.0.0.0/8", "10.0.0.1.evil.example", false],
])("%s has %s: %s", (range, address, expected) => {
  expect(new AddressRanges([range]).has(address)).toBe(expected);
});

it.each([
  "",
  "10.0.0.0/33",
  "::1/129",
  "10.0.0/8",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  "proxy.example",
])("%s is no range", (text) => {
  expect(parseRange(text)).toBeUndefined();
});
