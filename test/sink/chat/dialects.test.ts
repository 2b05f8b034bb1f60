import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanText } from "../../../src/lib/text.ts";
import type { Dialect } from "../../../src/sink/chat/dialect.ts";
import { DIALECTS } from "../../../src/sink/chat/dialects/dialects.ts";
import { fit } from "../../../src/sink/chat/fit.ts";
import { anyString } from "../../support/any-string.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { rounds } from "../../support/rounds.ts";

type Name = keyof typeof DIALECTS;

/** Foreign text as a presentation has it: cleaned and bounded. */
const CORPUS = Object.entries(HOSTILE_TEXTS).map(
  ([way, text]) => [way, cleanText(text).slice(0, 3000).toWellFormed()] as const,
);

/** Words that are live in any chat that looks for them. */
const LIVE_WORDS = /[@＠][\p{L}\p{N}_]|\w:\/\/\w|\bwww\.\w|\b(?:mailto|tel):[^\s\u200b]/u;

const HTML_SIGNS = [/[<>]/u, /&(?!(?:amp|lt|gt|quot);)/u];
/** Once a dot stands for each sign behind a backslash. */
const MARKDOWN_SIGNS = /[\\*_~`|<>[\]()#!&-]|^\s*[+=]|^\s*\d+\./mu;

/** Signs of a mention, a link, a tag or emphasis among plain words, for each markup. */
const FAULTS: Readonly<Record<Name, readonly RegExp[]>> = {
  // Shown by services that look for nothing in it.
  plain: [],
  defused: [LIVE_WORDS, /<\/?at\b/iu],
  html: [LIVE_WORDS, ...HTML_SIGNS],
  markdown: [LIVE_WORDS, MARKDOWN_SIGNS],
  discord: [LIVE_WORDS, MARKDOWN_SIGNS],
  adaptive: [LIVE_WORDS, MARKDOWN_SIGNS],
  telegram: [LIVE_WORDS, ...HTML_SIGNS, /\.\p{L}|(?<![\p{L}\p{N}_])[/#$]\p{L}/u],
  dingtalk: [LIVE_WORDS, /[\\*`<[\]()!]|\b_|_\b|~~|^\s*[#>+=-]|^\s*\d+\./mu],
  feishu: [LIVE_WORDS, /[<>*`[\]()!|~\\]/u, /&(?!(?:amp|lt|gt|#\d+);)/u, /^\s*[+=-]|^\s*#/mu],
  googletext: [LIVE_WORDS, /[<*_~`][^\u200b]/u],
  googlecard: [LIVE_WORDS, ...HTML_SIGNS],
  webex: [LIVE_WORDS, MARKDOWN_SIGNS],
  wecom: [LIVE_WORDS, /<[^\u200b]|\]\(|\*\*|`|!\[|^\s*[#>]/mu],
};

/** The words of a text in this markup: without the code that it may have made of some, and without what it escaped. */
function wordsOf(name: Name, markup: string): string {
  if (name === "telegram") return markup.replaceAll(/<code>[^<>]*<\/code>/gu, "");
  return ["markdown", "discord", "adaptive", "dingtalk", "webex"].includes(name)
    ? markup.replaceAll(/\\[\\*_~`|<>[\]()#!&+=.-]/gu, "·")
    : markup;
}

function expectInert(name: Name, markup: string): void {
  const words = wordsOf(name, markup);
  for (const fault of FAULTS[name]) expect(words).not.toMatch(fault);
}

const NAMES = Object.keys(DIALECTS) as Name[];

describe.each(NAMES)("hostile texts in the markup %s", (name) => {
  const dialect: Dialect = DIALECTS[name];

  it.each(CORPUS)("are only words: %s", (_, text) => {
    expectInert(name, dialect.text(text));
  });

  it.each(CORPUS)("end no code and no emphasis: %s", (_, text) => {
    const line = text.replaceAll(/\s+/gu, " ");
    expect(faultsOfFrame(name, dialect.code(line), dialect.code(""))).toEqual([]);
    expect(faultsOfFrame(name, dialect.fence(text), dialect.fence(""))).toEqual([]);
  });

  it.each(CORPUS)("are cut to any limit, and as inert then: %s", (_, text) => {
    for (const write of [dialect.text, dialect.bold, dialect.fence]) {
      const whole = dialect.measure(write(text));
      for (const limit of [0, 1, 7, 40, 333, whole - 1, whole]) {
        const markup = fit(text, limit, write, dialect.measure);
        expect(dialect.measure(markup)).toBeLessThanOrEqual(Math.max(limit, 0));
        expect(markup.isWellFormed()).toBe(true);
        expect(markup === "" || limit >= whole || markup.includes("…")).toBe(true);
        if (write === dialect.text) expectInert(name, markup);
      }
    }
  });

  it("are only words, whatever they are", () => {
    fc.assert(
      fc.property(anyString(200), (any) => {
        expectInert(name, dialect.text(cleanText(any)));
      }),
      { numRuns: rounds(500) },
    );
  });

  it("reach the address of a link with no character that ends it", () => {
    const link = dialect.link("Runbook", "https://runbooks.example/a_(b)?c=d&e=f");
    expect(link).toMatch(/https:\/\/runbooks\.example/u);
    expect(link).toMatch(/^(?:\[Runbook\]\([^()\s]*\)|<a href="[^"<>]*">Runbook<\/a>|Runbook: \S+)$/u);
  });
});

/** Signs by which a text could have ended its frame of code. */
function faultsOfFrame(name: Name, markup: string, empty: string): readonly string[] {
  if (name === "html" || name === "googlecard" || name === "telegram") {
    const inner = markup.replace(/^<(\w+)>/u, "").replace(/<\/\w+>$/u, "");
    return inner.match(/[<>]/gu) ?? [];
  }
  if (name === "plain" || name === "defused") return [];
  const backticks = empty.match(/`/gu)?.length ?? 0;
  return (markup.match(/`/gu)?.length ?? 0) > backticks && !/\\`/u.test(markup) ? ["backtick"] : [];
}

describe("the markup of Webex", () => {
  it("has no mention even in code", () => {
    const { code, fence } = DIALECTS.webex;
    expect(code("<@all>") + fence("<@personEmail:a@b.example>")).not.toContain("<@");
  });
});

describe("the markup of Telegram", () => {
  const { telegram } = DIALECTS;

  it("shows words that would become live as code, never inside other tags", () => {
    expect(telegram.bold("Node is not ready: node-3.eu.example")).toBe(
      "<b>Node is not ready: </b><code>node-3.eu.example</code>",
    );
    expect(telegram.text("see https://evil.example now")).toBe("see <code>https://evil.example</code> now");
    expect(telegram.text("Deployment/web in shop.")).toBe("Deployment/web in shop.");
  });

  it("counts what is seen", () => {
    expect(telegram.measure(telegram.link("a&b", "https://long.example/path"))).toBe(3);
  });
});

it("Discord shows times in the zone of each reader", () => {
  const now = Date.parse("2026-06-01T10:08:00Z");
  const { instant } = DIALECTS.discord;
  expect(instant?.(Date.parse("2026-06-01T10:02:31Z"), now, undefined)).toBe("<t:1780308151:t>");
  expect(instant?.(Date.parse("2026-06-01T10:02:31Z"), now, "seconds")).toBe("<t:1780308151:T>");
  expect(instant?.(Date.parse("2026-05-31T10:02:31Z"), now, undefined)).toBe("<t:1780221751:f>");
});
