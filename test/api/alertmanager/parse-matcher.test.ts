import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Matcher } from "../../../src/api/alertmanager/matcher.ts";
import { parseMatcher } from "../../../src/api/alertmanager/parse-matcher.ts";
import { anyString } from "../../support/any-string.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { rounds } from "../../support/rounds.ts";

/** As short as the syntax itself: name, operator, value. */
function parsed(text: string): readonly string[] | undefined {
  const result = parseMatcher(text);
  if (typeof result === "string") return undefined;
  const { name, value, isRegex, isEqual } = result.matcher;
  return [name, `${isEqual ? "=" : "!"}${isRegex ? "~" : isEqual ? "" : "="}`, value];
}

/** As amtool and Alertmanager write it. */
function written({ name, value, isRegex, isEqual }: Matcher): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `${name}${isEqual ? "=" : "!"}${isRegex ? "~" : isEqual ? "" : "="}"${escaped}"`;
}

describe("a matcher of a filter", () => {
  it.each([
    ['foo="bar"', ["foo", "=", "bar"]],
    ["foo=bar", ["foo", "=", "bar"]],
    [' foo != "bar" ', ["foo", "!=", "bar"]],
    ["foo=~b.*", ["foo", "=~", "b.*"]],
    ['foo!~"b|c"', ["foo", "!~", "b|c"]],
    ["foo=", ["foo", "=", ""]],
    ['foo=""', ["foo", "=", ""]],
    ["foo=two words", ["foo", "=", "two words"]],
    ["foo=bar,baz=qux", ["foo", "=", "bar,baz=qux"]],
    [String.raw`foo="a\"b\\c\nd\e"`, ["foo", "=", 'a"b\\c\nd\\e']],
    [String.raw`foo=a\ `, ["foo", "=", "a\\"]],
    ["foo=ä🙂", ["foo", "=", "ä🙂"]],
    // These need the grammar for names in UTF-8.
    ["föö=bar", ["föö", "=", "bar"]],
    ['"foo bar"="baz"', ["foo bar", "=", "baz"]],
    ["k8s.io/name=bar", ["k8s.io/name", "=", "bar"]],
    ["föö=bar,", ["föö", "=", "bar"]],
    [String.raw`"f\u00f6"="\x62\141\U00000072"`, ["fö", "=", "bar"]],
  ])("is read as Alertmanager reads it: %s", (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it.each([
    "",
    "foo",
    "foo bar",
    "=bar",
    "{foo=bar",
    "foo=bar}",
    'foo="bar',
    'foo=ba"r',
    "foo=~(",
    "föö=two words",
    "föö=bar,baz=qux",
    String.raw`"foo\q"="bar"`,
    String.raw`"foo\xff"="bar"`,
    String.raw`"foo\ud800"="bar"`,
  ])("is refused in words: %s", (text) => {
    expect(parsed(text)).toBeUndefined();
    expect(parseMatcher(text)).toEqual(expect.stringMatching(/\S/u));
  });

  it("keeps every value that programs write, hostile ones as well", () => {
    const keeps = (value: string): void => {
      const matcher = { name: "foo", value: value.toWellFormed(), isRegex: false, isEqual: false };
      expect(parseMatcher(written(matcher))).toMatchObject({ matcher });
    };
    for (const text of Object.values(HOSTILE_TEXTS)) keeps(text);
    fc.assert(fc.property(anyString(20), keeps), { numRuns: rounds(500) });
  });

  it("takes no longer for hostile texts than they are long", () => {
    for (const part of [" ", "\\", '"', "=", "a", "\\\\", '\\"'])
      for (const text of [
        `a=${part.repeat(20_000)}!`,
        `${part.repeat(20_000)}=`,
        `ä="${part.repeat(20_000)}`,
      ])
        expect(["string", "object"]).toContain(typeof parseMatcher(text));
  });

  it("holds regular expressions against the whole value, and takes a missing label for an empty one", () => {
    const holds = (text: string, labels: Readonly<Record<string, string>>): boolean => {
      const result = parseMatcher(text);
      if (typeof result === "string") throw new Error(result);
      return result.test(labels);
    };
    expect(holds("foo=~b", { foo: "abc" })).toBe(false);
    expect(holds("foo=~a|b", { foo: "ab" })).toBe(false);
    expect(holds("foo=~.*b.*", { foo: "abc" })).toBe(true);
    expect(holds("foo=~a.c", { foo: "a\nc" })).toBe(false);
    expect(holds('foo=""', {})).toBe(true);
    expect(holds("foo!=a", {})).toBe(true);
    expect(holds("foo=~.*", {})).toBe(true);
    expect(holds("foo!~.+", {})).toBe(true);
    expect(holds("constructor=~.+", {})).toBe(false);
    expect(holds("toString!=a", {})).toBe(true);
  });
});
