import { expect, it } from "vitest";

import { isHtml } from "../../src/egress/quote-answer.ts";

it.each([
  ["text/html; charset=utf-8", "<p>Sign in", true],
  ["text/html", "", true],
  ["text/plain", "  <!DOCTYPE html><html>", true],
  ["", "<html>", true],
  // Services that stand in for others call everything a page.
  ["text/html", ' {"Entries":[]}', false],
  ["text/html", "[1]", false],
  ["application/json", "{}", false],
  ["text/xml", "<Response/>", false],
])("of the type %j the body %j is a page: %s", (type, body, expected) => {
  expect(isHtml({ headers: { "content-type": type }, body })).toBe(expected);
});
