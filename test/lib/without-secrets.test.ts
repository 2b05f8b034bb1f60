import { type Arbitrary, array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { createScrubber } from "../../src/lib/scrub.ts";
import { findSecrets, withoutSecrets } from "../../src/lib/without-secrets.ts";
import { rounds } from "../support/rounds.ts";
import { fillForm, readHarmlessLines, readSecretForms } from "../support/secret-forms.ts";

/** The shares that the filter reaches on the corpus; a change may raise them and must not lower them. */
const LEAST_RECALL = 0.98;
const MOST_FALSE_POSITIVES = 0.005;

/** A piece of a secret of this length is a leak. */
const LEAK = 8;

/** Looks at one character, for each character of a text; a text of any length stays below. */
const MOST_READS = 250;

describe("withoutSecrets", () => {
  const forms = readSecretForms();
  const harmless = readHarmlessLines();

  it("is held against a corpus that is large enough", () => {
    expect(new Set(forms).size).toBeGreaterThanOrEqual(200);
    expect(new Set(harmless).size).toBeGreaterThanOrEqual(200);
    expect(forms.filter((form) => !form.includes("«"))).toEqual([]);
  });

  it("takes out nearly all forms of secrets, each to its last piece", () => {
    const tries = Array.from({ length: 5 }, (_, round) => round).flatMap((round) =>
      forms.map((form, index) => fillForm(form, round * 1000 + index)),
    );
    const leaks = tries.filter(({ text, secrets }) => leaksFrom(withoutSecrets(text), secrets));
    expect(1 - leaks.length / tries.length).toBeGreaterThanOrEqual(LEAST_RECALL);
  });

  it("leaves nearly all harmless lines of logs as they are", () => {
    const changed = harmless.filter((line) => withoutSecrets(line) !== line);
    expect(changed.length / harmless.length).toBeLessThanOrEqual(MOST_FALSE_POSITIVES);
  });

  it("keeps what stands around a secret", () => {
    expect(withoutSecrets("login failed: user=web password=hunter22 host=db")).toBe(
      "login failed: user=web password=[redacted] host=db",
    );
    expect(withoutSecrets('{"user":"web","password":"a,b","port":5432}')).toBe(
      '{"user":"web","password":"[redacted]","port":5432}',
    );
    expect(withoutSecrets("dial postgres://web:hunter22@db:5432/shop: refused")).toBe(
      "dial postgres://[redacted]@db:5432/shop: refused",
    );
    expect(withoutSecrets("GET https://shop.example/a?b=1&c=2 500")).toBe(
      "GET https://shop.example/a?[redacted] 500",
    );
    expect(withoutSecrets("redirect=https://a.example/https://web:hunter22@b.example/")).toBe(
      "redirect=https://a.example/https://[redacted]@b.example/",
    );
  });

  it("takes out a key that the beginning or the end of the log cuts off", () => {
    const body = "Ab1/".repeat(16);
    expect(withoutSecrets(`${body}\n${body}\n-----END PRIVATE KEY-----\nbye`)).toBe("[redacted]\nbye");
    expect(withoutSecrets(`start\n-----BEGIN PRIVATE KEY-----\n${body.slice(0, 30)}`)).toBe(
      "start\n[redacted]",
    );
  });

  it("finds nothing more in its own answer", () => {
    const twice = forms.map((form, index) => withoutSecrets(fillForm(form, index).text));
    expect(twice.filter((text) => withoutSecrets(text) !== text)).toEqual([]);
  });

  it("looks at each character a bounded number of times, however hostile and long the text is", () => {
    assert(
      property(hostileUnit(), (unit) => {
        const text = unit.repeat(Math.ceil(4096 / unit.length));
        expect(readsOf(text) / text.length).toBeLessThanOrEqual(MOST_READS);
      }),
      { numRuns: rounds(300), examples: [["?.://"]] },
    );
  });
});

describe("the scrubber", () => {
  it("knows every form that the filter of logs knows, and leaves harmless queries", () => {
    const scrubber = createScrubber();
    expect(scrubber.scrub("password=hunter22 at https://x.example/a?page=2")).toBe(
      "password=[redacted] at https://x.example/a?page=2",
    );
    expect(scrubber.scrub("https://x.example/a?token=abcdef&page=2")).toBe(
      "https://x.example/a?token=[redacted]&page=2",
    );
  });
});

function leaksFrom(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => {
    const length = Math.min(LEAK, secret.length);
    return Array.from({ length: secret.length - length + 1 }, (_, from) =>
      secret.slice(from, from + length),
    ).some((piece) => text.includes(piece));
  });
}

/** Pieces that begin something: repeated, they find out whoever starts anew at each of them and reads on. */
function hostileUnit(): Arbitrary<string> {
  const pieces =
    'eyJ|a|.|://|@|@tcp(|:|/|?|&|=|,|;|-----BEGIN |-----END |PRIVATE KEY|password=|token: |\'token\': |--token |"|\'|\\|\\"|[|Cookie: |Bearer |sk-|12345678:|Aa1| |\n|"value":|string(7) |<secret>|`';
  const piece = constantFrom(...pieces.split("|"));
  return array(piece, { minLength: 1, maxLength: 6 }).map((chosen) => chosen.join(""));
}

/** How often the filter looks at a character of a text. */
function readsOf(text: string): number {
  let reads = 0;
  findSecrets(
    {
      length: text.length,
      charCodeAt: (index) => {
        reads += 1;
        return text.charCodeAt(index);
      },
    },
    { wholeQueries: true },
  );
  return reads;
}
