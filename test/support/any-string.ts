import * as fc from "fast-check";

/**
 * Text of any code points, halves of a pair among them. `fc.string({ unit: "binary" })` makes the same, and a table of
 * all code points first, which takes two seconds.
 */
export function anyString(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.nat(0x10_ffff).map((code) => String.fromCodePoint(code)), maxLength });
}
