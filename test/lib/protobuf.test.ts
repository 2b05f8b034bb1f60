import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ProtobufWriter } from "../../src/lib/protobuf-writer.ts";
import { type ProtobufField, readProtobuf } from "../../src/lib/read-protobuf.ts";

function bytesOf(field: ProtobufField | undefined): Uint8Array {
  if (field?.value instanceof Uint8Array) return field.value;
  throw new TypeError("not a text or a message");
}

function written(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  return writer.finish();
}

describe("protobuf", () => {
  // https://protobuf.dev/programming-guides/encoding/
  it.each<[string, (writer: ProtobufWriter) => void, string]>([
    ["Test1 { a: 150 }", (writer) => writer.int(1, 150), "089601"],
    ['Test2 { b: "testing" }', (writer) => writer.string(2, "testing"), "120774657374696e67"],
    ["Test3 { c: { a: 150 } }", (writer) => writer.message(3, () => writer.int(1, 150)), "1a03089601"],
    ["fixed64", (writer) => writer.fixed64(1, 1n), "090100000000000000"],
    ["fixed32", (writer) => writer.fixed32(4, 258), "2502010000"],
    ["a field above 15", (writer) => writer.int(16, 0), "800100"],
  ])("writes %s as the specification says", (_, write, expected) => {
    expect(Buffer.from(written(write)).toString("hex")).toBe(expected);
  });

  it("reads what it writes: texts of every length, numbers, nested messages", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 500 }),
        fc.maxSafeNat(),
        fc.nat({ max: 3 }),
        (text, int, depth) => {
          const nest = (writer: ProtobufWriter, levels: number): void => {
            if (levels === 0) {
              writer.string(1, text);
              writer.int(2, int);
            } else writer.message(levels, () => nest(writer, levels - 1));
          };
          let bytes = written((writer) => nest(writer, depth));
          for (let level = depth; level > 0; level--) {
            const [field, ...rest] = readProtobuf(bytes);
            expect(rest).toEqual([]);
            expect(field?.number).toBe(level);
            bytes = bytesOf(field);
          }
          expect(readProtobuf(bytes)).toEqual([
            { number: 1, value: Buffer.from(text.toWellFormed()) },
            { number: 2, value: BigInt(int) },
          ]);
        },
      ),
    );
  });

  it("writes a message that is larger than its first buffer", () => {
    const text = "é".repeat(100_000);
    const bytes = written((writer) => writer.message(1, () => writer.string(2, text)));
    const [outer] = readProtobuf(bytes);
    expect(readProtobuf(bytesOf(outer))[0]?.value).toHaveLength(200_000);
  });

  it.each([
    ["a length beyond the end", "1205aa"],
    ["a varint without end", "08ffffffffffffffffffffff"],
    ["a cut varint", "08ff"],
    ["an old group", "0b"],
  ])("refuses %s", (_, hex) => {
    expect(() => readProtobuf(Buffer.from(hex, "hex"))).toThrow(RangeError);
  });
});
