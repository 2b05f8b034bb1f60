import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ByteShelf, type ByteSpan } from "../../src/lib/byte-shelf.ts";

const MIB = 2 ** 20;

/** It lies in the middle of other bytes. */
function spanOf(text: string): ByteSpan {
  const bytes = Buffer.from(`<${text}>`);
  return { bytes, from: 1, to: bytes.length - 1 };
}

function taken(shelf: ByteShelf, key: number): readonly (readonly [string, number])[] {
  return shelf.take(key).map(({ bytes, from, to, mark }) => [bytes.toString("utf8", from, to), mark]);
}

describe("ByteShelf", () => {
  it("hands out the newest texts of a key once, oldest first", () => {
    const shelf = new ByteShelf({ ofOneKey: 2, bytes: MIB });
    for (const [index, text] of ["a", "", "é"].entries()) shelf.put(7, spanOf(text), index);
    shelf.put(8, spanOf("other"), 9);
    expect([shelf.size, shelf.has(7), shelf.has(9)]).toEqual([2, true, false]);
    expect(taken(shelf, 7)).toEqual([
      ["", 1],
      ["é", 2],
    ]);
    expect([taken(shelf, 7), taken(shelf, 8), shelf.size]).toEqual([[], [["other", 9]], 0]);
  });

  it("takes no text that finds no room, and keeps the others", () => {
    const shelf = new ByteShelf({ ofOneKey: 2, bytes: MIB });
    expect(shelf.put(1, spanOf("a"), 1)).toBe(true);
    expect(shelf.put(2, spanOf("b".repeat(MIB)), 2)).toBe(false);
    expect([taken(shelf, 1), taken(shelf, 2)]).toEqual([[["a", 1]], []]);
  });

  it("finds room again when texts were taken, replaced or cleared", () => {
    const shelf = new ByteShelf({ ofOneKey: 1, bytes: MIB });
    const long = spanOf("x".repeat(MIB / 4));
    for (let round = 0; round < 20; round++) expect(shelf.put(1, long, round)).toBe(true);
    for (let key = 2; key < 20; key++) {
      shelf.take(key - 1);
      expect(shelf.put(key, long, key)).toBe(true);
    }
    shelf.clear();
    const room = [1, 2, 3, 4, 5].map((key) => shelf.put(key, long, key));
    expect(room).toEqual([true, true, true, true, false]);
  });

  it("keeps what a map of lists would keep", () => {
    const step = fc.record({
      key: fc.nat(20),
      length: fc.nat(9000),
      takes: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 500, maxLength: 1500 }), (steps) => {
        const shelf = new ByteShelf({ ofOneKey: 3, bytes: MIB });
        const model = new Map<number, (readonly [string, number])[]>();
        for (const [index, { key, length, takes }] of steps.entries()) {
          const text = String.fromCharCode(97 + (index % 26)).repeat(length);
          expect(shelf.put(key, spanOf(text), index)).toBe(true);
          model.set(key, [...(model.get(key) ?? []), [text, index] as const].slice(-3));
          if (!takes) continue;
          expect(taken(shelf, key)).toEqual(model.get(key));
          model.delete(key);
        }
        for (const [key, texts] of model) expect(taken(shelf, key)).toEqual(texts);
        expect(shelf.size).toBe(0);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});
