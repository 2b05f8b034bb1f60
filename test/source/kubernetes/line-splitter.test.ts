import { array, assert, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { LineSplitter } from "../../../src/source/kubernetes/line-splitter.ts";
import { anyString } from "../../support/any-string.ts";

function split(chunks: readonly Buffer[], maxBytes = 1024): string[] {
  const splitter = new LineSplitter(maxBytes);
  const lines: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let line = splitter.next(); line !== undefined; line = splitter.next())
      lines.push(line.bytes.toString("utf8", line.from, line.to));
  }
  return lines;
}

describe("LineSplitter", () => {
  it.each([
    { of: "whole lines", text: "a\nb\n", lines: ["a", "b"] },
    { of: "a line without its end", text: "a\nb", lines: ["a"] },
    { of: "CRLF", text: "a\r\nb\r\n", lines: ["a", "b"] },
    { of: "empty lines", text: "\n\r\na\n\n", lines: ["a"] },
    { of: "a raw U+2028, which is text", text: "a\u2028b\u0085c\n", lines: ["a\u2028b\u0085c"] },
    { of: "a lone carriage return, which is text", text: "a\rb\n", lines: ["a\rb"] },
  ])("splits $of", ({ text, lines }) => {
    expect(split([Buffer.from(text)])).toEqual(lines);
  });

  it("gives the same lines however the bytes were cut", () => {
    const text = array(anyString(10), { maxLength: 8 });
    const cuts = array(nat(), { maxLength: 20 });
    assert(
      property(text, cuts, (parts, cuts) => {
        const bytes = Buffer.from(parts.map((part) => `${part}é€😀\n`).join("\r\n"));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
        const sorted = places.toSorted((a, b) => a - b);
        const chunks = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
        expect(split(chunks)).toEqual(split([bytes]));
      }),
    );
  });

  it("takes a line of 1.5 MB in small chunks without slowing down", () => {
    const line = "x".repeat(1_500_000);
    const bytes = Buffer.from(`${line}\nshort\n`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
      bytes.subarray(index * 1000, (index + 1) * 1000),
    );
    expect(split(chunks, 4 * 1024 * 1024)).toEqual([line, "short"]);
  });

  it.each([
    { when: "before its end has come", chunks: ["12345678", "90123"] },
    { when: "when it is whole", chunks: ["1234567890123\n"] },
    { when: "over several chunks", chunks: ["12345", "67890", "123\n"] },
  ])("refuses a line over the limit $when, with its size", ({ chunks }) => {
    expect(() =>
      split(
        chunks.map((text) => Buffer.from(text)),
        12,
      ),
    ).toThrow("a line of the watch has 13 bytes or more, expected at most 12");
  });
});
