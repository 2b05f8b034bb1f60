import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Interner } from "../../src/lib/interner.ts";

describe("Interner", () => {
  it("decodes any text, also where it had another one before", () => {
    const interner = new Interner();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 80 })), (texts) => {
        const bytes = Buffer.from(texts.join(""));
        let from = 0;
        for (const text of texts) {
          const to = from + Buffer.byteLength(text);
          expect(interner.decode(bytes, from, to)).toBe(bytes.toString("utf8", from, to));
          from = to;
        }
      }),
    );
  });

  it("takes no bytes for those of a character that has the same number", () => {
    const interner = new Interner();
    // U+00C3 U+00A9 in UTF-8, then the two bytes 0xC3 0xA9, which are one é.
    for (const text of ["Ã©", "é", "Ã©"]) {
      const bytes = Buffer.from(text);
      expect(interner.decode(bytes, 0, bytes.length)).toBe(text);
    }
  });
});
