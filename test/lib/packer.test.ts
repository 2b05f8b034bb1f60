import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Packer } from "../../src/lib/packer.ts";

/** Plain data, with texts and names that come again. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a text that is long enough to come again", "a", "", "__proto__"),
    fc.stringMatching(/^[~=+'\x7f-]{0,2}(web-1|web-12|\x7fA\x7f)?(web-123|A)?[~\x7f]?$/u),
    fc.integer({ min: 1_796_048_870_000, max: 1_796_048_890_000 }),
    fc.constantFrom(1e9, -1e9, 999_999_999, 2e9, 2 ** 53),
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

  it("gives one object for all of the same few texts, and for all that are blank", () => {
    const packer = new Packer();
    const value = {
      host: { name: "a" },
      none: { a: "", b: "", c: "", labels: {} },
      other: { a: "x", b: "", c: "" },
    };
    const [first, second] = [value, structuredClone(value)].map(
      (each) => packer.unpack(packer.pack(each)) as typeof value,
    );
    expect(first).toStrictEqual(value);
    expect(first?.host).toBe(second?.host);
    expect(first?.none).toBe(second?.none);
    expect(first?.other).not.toBe(second?.other);
  });

  it("has in a text only what is peculiar to it, and repeats neither texts, nor names inside texts, nor times", () => {
    const packer = new Packer();
    const pod = (name: string, at: number) => ({
      kind: "Pod",
      name: [name],
      message: `Back-off restarting failed container app in pod ${name}_shop, again and again`,
      source: { component: "kubelet", host: "node-1" },
      gone: undefined,
      at,
    });
    const time = 1_796_048_870_000;
    packer.pack([pod("db-0-5b6c", time), pod("db-1-5b6c", time)]);
    const value = [
      pod("web-7d9f-x", time),
      pod("web-7d9f-x", time + 1500),
      pod("web-7d9f-x-more", time + 1499),
    ];
    const text = packer.pack(value);
    const message = "Back-off restarting failed container app in pod \x7fA\x7f_shop, again and again";
    const more = "Back-off restarting failed container app in pod \x7fA\x7f-more_shop, again and again";
    expect(text).toBe(
      `[-1,[2,[-1,"web-7d9f-x"],"${message}",${time}],[2,[-1,"=0"],"=1","+1500"],[2,[-1,"\x7fA\x7f-more"],"${more}","-1"]]`,
    );
    expect(packer.unpack(text)).toStrictEqual(value);
  });

  it("keeps texts that look like its own codes", () => {
    const packer = new Packer();
    const texts = [
      "~1",
      "=0",
      "+5",
      "-5",
      "'",
      "''",
      "\x7f",
      "\x7fA\x7f",
      "~name",
      "=name",
      "-1 of 3",
      "\x7fA\x7f-name",
      "name-\x7f",
    ];
    const value = [...texts, ...texts, ...texts.map((text) => ({ text, again: `${text}${text}` }))];
    expect(packer.unpack(packer.pack(value))).toStrictEqual(value);
  });
});
