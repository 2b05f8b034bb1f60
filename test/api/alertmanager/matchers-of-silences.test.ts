import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Silence, standingOf } from "../../../src/alert/index.ts";
import { compileMatcher, isSameMatcher, type Matcher } from "../../../src/api/alertmanager/matcher.ts";
import { toMatch } from "../../../src/api/alertmanager/to-match.ts";
import { toMatchers } from "../../../src/api/alertmanager/to-matchers.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { rounds } from "../../support/rounds.ts";

type Pattern = Silence["match"][string];

const SILENCE: Silence = {
  id: "s",
  origin: "api",
  match: {},
  from: 0,
  until: undefined,
  untilResolved: false,
  schedule: undefined,
  author: "a",
  comment: "c",
  createdAt: 0,
  usedAt: undefined,
};

/** Values that differ in what patterns look at. */
const VALUES = ["", "a", "b", "ab", "a.b", "aXb", "a\nb", "^(?:a)$", "*", "web-1", "web-2", "a|b"];

function holdsInTocsin(match: Silence["match"], labels: Readonly<Record<string, string>>): boolean {
  return standingOf({ ...SILENCE, match }, 1).matches({ labels });
}

function holdsInAlertmanager(
  matchers: readonly Matcher[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return matchers.every((matcher) => {
    const test = compileMatcher(matcher);
    if (typeof test === "string") throw new Error(`${JSON.stringify(matcher)}: ${test}`);
    return test(labels);
  });
}

const text = fc.constantFrom("a", "b", "ab", "a.b", "web-1", "*", "");
const regex = fc.constantFrom(
  "a",
  "^a$",
  "^(?:a)|(?:b)$",
  "a.b",
  "(?i)A",
  "^web-\\d$",
  "a|b",
  "^(?:a|b)$",
  ".+",
);

/** Any pattern that a silence may have. */
const { pattern } = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    text,
    regex.map((it) => ({ regex: it })),
    text.map((it) => ({ like: `${it}*` })),
    text.map((it) => ({ contains: it })),
    fc.array(tie("pattern"), { minLength: 1, maxLength: 3 }),
    tie("pattern").map((not) => ({ not })),
    fc.tuple(regex, tie("pattern")).map(([it, not]) => ({ regex: it, not })),
  ),
}));

const matcher: fc.Arbitrary<Matcher> = fc
  .record({ name: fc.constantFrom("alertname", "name"), isRegex: fc.boolean(), isEqual: fc.boolean() })
  .chain((rest) =>
    (rest.isRegex ? fc.constantFrom("a", "a|b", "web-.*", ".*", "(?i)A", "") : text).map((value) => ({
      ...rest,
      value,
    })),
  )
  // No rule has such a name: a silence with it is refused.
  .filter(({ name, value, isRegex }) => isRegex || name !== "alertname" || value !== "*");

describe("matchers of a silence that a program posts", () => {
  it("hold for the same alerts as in Alertmanager, and are shown as they were posted", () => {
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (posted) => {
        const match = toMatch(posted);
        if (typeof match === "string") throw new Error(match);
        const shown = toMatchers(match);
        for (const one of posted) expect(shown.some((other) => isSameMatcher(one, other))).toBe(true);
        for (const one of shown) expect(posted.some((other) => isSameMatcher(one, other))).toBe(true);
        for (const name of VALUES) {
          for (const rule of ["a", "web-1"]) {
            const holds = holdsInAlertmanager(posted, { name, alertname: rule });
            expect([name, rule, holdsInTocsin(match, { name, rule })]).toEqual([name, rule, holds]);
          }
        }
      }),
      { numRuns: rounds(1000) },
    );
  });

  it("keep hostile values", () => {
    for (const value of Object.values(HOSTILE_TEXTS)) {
      const posted = [{ name: "name", value, isRegex: false, isEqual: true }];
      const match = toMatch(posted);
      if (typeof match === "string") throw new Error(match);
      expect(toMatchers(match)).toEqual(posted);
      expect(holdsInTocsin(match, { name: value })).toBe(true);
      expect(holdsInTocsin(match, { name: `${value}x` })).toBe(false);
    }
  });

  it("name the rule by alertname alone", () => {
    expect(toMatch([{ name: "rule", value: "a", isRegex: false, isEqual: true }])).toContain("alertname");
  });
});

describe("a silence that was made elsewhere", () => {
  it("is shown by matchers that hold for exactly its alerts, or in words", () => {
    let exact = 0;
    fc.assert(
      fc.property(pattern, (it) => {
        const shown = toMatchers({ name: it });
        const isExact = shown.every(({ name }) => name === "name");
        if (isExact) exact++;
        for (const name of VALUES) {
          const holds = isExact && holdsInTocsin({ name: it }, { name });
          expect([name, holdsInAlertmanager(shown, { name })]).toEqual([name, holds]);
        }
      }),
      { numRuns: rounds(2000) },
    );
    expect(exact).toBeGreaterThan(0);
  });

  it.each<[Pattern, string]>([
    ["a.b", "=a.b"],
    [{ not: "a" }, "!=a"],
    [["a", "b.c"], "=~a|b\\.c"],
    [{ not: ["a", "b"] }, "!=a !=b"],
    [{ like: "web-*" }, "=~web-(?s:.*)"],
    [{ contains: "(" }, "=~(?s:.*)\\((?s:.*)"],
    [{ regex: "^web" }, "=~(?s:.*)(?:^web)(?s:.*)"],
    [{ regex: "^(?:web.*)$", not: "web-1" }, "=~web.* !=web-1"],
    [{ not: { not: "a" } }, "=a"],
  ])("has plain matchers for %j", (it, expected) => {
    const shown = toMatchers({ name: it }).map(
      ({ value, isRegex, isEqual }) => `${isEqual ? "=" : "!"}${isRegex ? "~" : isEqual ? "" : "="}${value}`,
    );
    expect(shown.join(" ")).toBe(expected);
  });

  it("says in words what no matcher can", () => {
    expect(toMatchers({ rule: "a", name: ["a", { not: "b" }] })).toEqual([
      { name: "alertname", value: "a", isRegex: false, isEqual: true },
      { name: "__tocsin__", value: 'name: ["a",{"not":"b"}]', isRegex: false, isEqual: true },
    ]);
  });
});
