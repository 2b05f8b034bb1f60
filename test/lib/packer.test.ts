import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Packer } from "../../src/lib/packer.ts";

/** Plain data, with texts and names that come again. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a text that is long enough to come again", "a", "", "__proto__"),
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.constantFrom(null, undefined, true, false, Infinity, -Infinity, 1_796_048_870_000),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom("a", "b", "c\nd", "c", "d", "__proto__"), tie("value"), {
      noNullPrototype: true,
    }),
  ),
})).value;

describe("Packer", () => {
  it("gives every value back as it was", () => {
    const packer = new Packer();
    fc.assert(
      fc.property(data, (value) => {
        expect(packer.unpack(packer.pack(value))).toStrictEqual(value);
      }),
    );
  });

  it("reads texts of long ago, also when it knows no more shapes and objects by then", () => {
    const packer = new Packer();
    const values = Array.from({ length: 10_000 }, (_, index) => ({
      [`field ${index}`]: index,
      shared: { host: `node-${index}` },
      none: undefined,
    }));
    const texts = values.map((value) => packer.pack(value));
    expect(texts.map((text) => packer.unpack(text))).toStrictEqual(values);
  });

  it("gives one object for all of the same few texts", () => {
    const packer = new Packer();
    const first = packer.shared({ host: "a" });
    expect(packer.shared({ host: "a" })).toBe(first);
    expect(packer.shared({ host: "b" })).toEqual({ host: "b" });
  });

  it("names fields once, and repeats neither long texts nor small objects", () => {
    const packer = new Packer();
    const message = "Back-off restarting failed container";
    const value = [
      { message, source: { component: "kubelet", host: "node-1" } },
      { message, source: { component: "kubelet", host: "node-1" } },
    ];
    expect(packer.pack(value)).toBe(`[-1,[0,"${message}",[-4,0]],[0,[-6,0],[-4,0]]]`);
  });
});
