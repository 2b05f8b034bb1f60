import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { JsonScanner } from "../../src/lib/json-scanner.ts";

const A = 0;
const B = 1;
const INNER = 2;
const C = 3;
const N = 4;

function scannerOf(): JsonScanner {
  return new JsonScanner({ a: A, bb: B, n: { wholeNumber: N }, inner: [INNER, { c: C }] });
}

/** The values that a scanner finds, with decoded texts; undefined when it gives up. */
function scan(text: string, scanner = scannerOf()): object | undefined {
  const bytes = Buffer.from(text);
  if (!scanner.scan(bytes, 0, bytes.length)) return undefined;
  const found = (slot: number): unknown => {
    if (!scanner.has(slot)) return undefined;
    const [from, to] = [scanner.startOf(slot), scanner.endOf(slot)];
    return scanner.isEscaped(slot)
      ? (JSON.parse(bytes.toString("utf8", from - 1, to + 1)) as unknown)
      : bytes.toString("utf8", from, to);
  };
  return { a: found(A), bb: found(B), n: scanner.wholeNumber(N), hasInner: scanner.has(INNER), c: found(C) };
}

/** The same from what JSON.parse built. */
function expected(value: unknown): object {
  const { a, bb, n, inner } = value as Record<string, unknown>;
  const { c } = (inner ?? {}) as Record<string, unknown>;
  const found = { a, bb, n, hasInner: typeof inner === "object" && inner !== null, c };
  return Object.fromEntries(Object.entries(found).map(([name, of]) => [name, of ?? undefined]));
}

const WANTED = fc.option(fc.string({ unit: "binary" }), { nil: null });
/** Without fractions, on which the scanner gives up. */
const ANY = fc.anything({ values: [fc.string(), fc.nat(), fc.boolean(), fc.constant(null)], maxDepth: 3 });
const OBJECT = fc
  .record(
    {
      a: WANTED,
      bb: WANTED,
      n: fc.option(fc.oneof(fc.nat(), fc.maxSafeNat()), { nil: null }),
      inner: fc.option(fc.record({ c: WANTED, d: ANY }, { requiredKeys: [] })),
    },
    { requiredKeys: [] },
  )
  .chain((wanted) => fc.dictionary(fc.string(), ANY).map((others) => ({ ...others, ...wanted })));

describe("JsonScanner", () => {
  it.each([
    { of: "nothing", text: "{}", found: { hasInner: false } },
    { of: "texts", text: '{"a":"x","bb":""}', found: { a: "x", bb: "", hasInner: false } },
    {
      of: "null, as if it were missing",
      text: '{"a":null,"n":null,"inner":null}',
      found: { hasInner: false },
    },
    { of: "a whole number", text: '{"n": 120 ,"a":"x"}', found: { n: 120, a: "x", hasInner: false } },
    { of: "nought", text: '{"n":0}', found: { n: 0, hasInner: false } },
    {
      of: "the object under an object",
      text: '{"inner":{"a":"no","c":"yes"}}',
      found: { hasInner: true, c: "yes" },
    },
    {
      of: "no field of another depth",
      text: '{"x":{"a":"no","inner":{"c":"no"}}}',
      found: { hasInner: false },
    },
    {
      of: "no text that looks like a field",
      text: '{"x":"\\"a\\":\\"no\\"","a":"yes"}',
      found: { a: "yes", hasInner: false },
    },
    { of: "escapes", text: '{"a":"\\u00e9\\n\\\\"}', found: { a: "é\n\\", hasInner: false } },
    { of: "what is not ASCII", text: '{"a":"é€😀"}', found: { a: "é€😀", hasInner: false } },
    {
      of: "values of any kind besides",
      text: '{"x":[1,[],{},true,false,null,"",-0],"a":"x"}',
      found: undefined,
    },
    {
      of: "whole numbers besides",
      text: '{"x":[0,10,[],{},true,false,null,""],"a":"x"}',
      found: { a: "x", hasInner: false },
    },
    {
      of: "names with escapes, where nothing is looked for",
      text: '{"x":{"k:{\\"a\\"}":1}}',
      found: { hasInner: false },
    },
    { of: "white space", text: ' \t{ "a" :\r"x" , "x" : [ 1 , 2 ] } \n', found: { a: "x", hasInner: false } },
  ])("finds $of", ({ text, found }) => {
    const none = { a: undefined, bb: undefined, n: undefined, c: undefined };
    expect(scan(text)).toEqual(found === undefined ? undefined : { ...none, ...found });
  });

  it.each([
    ["a text", '"a"'],
    ["an array", "[]"],
    ["nothing at all", ""],
    ["an object that is cut", '{"a":"x"'],
    ["a text that is cut", '{"a":"x'],
    ["an escape that is cut", '{"a":"\\u00'],
    ["something after the object", '{"a":"x"}{}'],
    ["a comma too many", '{"a":"x",}'],
    ["a comma too few", '{"a":"x" "bb":"y"}'],
    ["a raw control character", '{"a":"x\ny"}'],
    ["an escape that JSON has not", '{"a":"\\x"}'],
    ["a word that JSON has not", '{"x":nul}'],
    ["a number with a leading zero", '{"x":01}'],
    ["a number with a fraction", '{"x":1.5}'],
    ["a name with an escape, which could be a wanted one", '{"\\u0061":"x"}'],
    ["a wanted field that comes twice", '{"a":"x","a":"y"}'],
    ["a wanted object that comes twice", '{"inner":{"c":"x"},"inner":{}}'],
    ["a wanted field that comes again as null", '{"a":"x","a":null}'],
    ["a wanted text that is something else", '{"a":1}'],
    ["a wanted number that is a text", '{"n":"1"}'],
    ["a wanted number that is negative", '{"n":-1}'],
    ["a wanted number with a fraction", '{"n":1.0}'],
    ["a wanted number with an exponent", '{"n":1e3}'],
    ["a wanted number that may be beyond 2^53", '{"n":9007199254740993}'],
    ["a wanted number with a leading zero", '{"n":01}'],
    ["a wanted number that comes twice", '{"n":1,"n":1}'],
    ["a wanted object that is something else", '{"inner":"x"}'],
    ["a wanted text that is an object", '{"a":{}}'],
    ["more depth than any object has", `{"x":${"[".repeat(100)}${"]".repeat(100)}}`],
  ])("gives up on %s", (_, text) => {
    expect(scan(text)).toBeUndefined();
  });

  it("reads no further than it is told", () => {
    const scanner = scannerOf();
    const bytes = Buffer.from('{"a":"x"}{"a":"y"}');
    expect([scanner.scan(bytes, 0, 9), scanner.scan(bytes, 9, 18)]).toEqual([true, true]);
    expect(scanner.startOf(A)).toBe(15);
    expect([scanner.scan(bytes, 0, 8), scanner.scan(bytes, 0, 10), scanner.scan(bytes, 9, 17)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("forgets what it found before", () => {
    const scanner = scannerOf();
    expect(scan('{"a":"\\n","inner":{"c":"x"}}', scanner)).toMatchObject({ a: "\n", c: "x" });
    expect(scan('{"a":"n"}', scanner)).toMatchObject({ a: "n", c: undefined });
    expect(scanner.isEscaped(A)).toBe(false);
    expect(scan('{"n":7}', scanner)).toMatchObject({ n: 7 });
    expect(scan('{"bb":"y"}', scanner)).toEqual({
      a: undefined,
      bb: "y",
      n: undefined,
      hasInner: false,
      c: undefined,
    });
  });

  it("finds in any object what JSON.parse finds, or gives up", () => {
    let scanned = 0;
    fc.assert(
      fc.property(OBJECT, (object) => {
        const found = scan(JSON.stringify(object));
        if (found === undefined) return;
        scanned += 1;
        expect(found).toEqual(expected(object));
      }),
      { numRuns: 500 },
    );
    expect(scanned).toBeGreaterThan(100);
  });

  it("accepts nothing that JSON.parse refuses, whatever was changed in the bytes", () => {
    const text = fc.constantFrom(
      '{"a":"x\\u00e9\\n","x":[10,{"y":null}],"inner":{"c":"z","d":true}}',
      '{"bb":"","inner":null , "x":{"a":[false,"b\\\\"]}}',
    );
    const change = fc.record({ at: fc.nat(80), length: fc.nat(3), with: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 3 }), (whole, changes) => {
        const changed = changes.reduce<string>(
          (so, { at, length, with: put }) => so.slice(0, at) + put + so.slice(at + length),
          whole,
        );
        const found = scan(changed);
        if (found === undefined) return;
        expect(found).toEqual(expected(JSON.parse(changed)));
      }),
      { numRuns: 3000 },
    );
  });
});
