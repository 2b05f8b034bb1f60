import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { decodedText } from "../../src/lib/decoded-text.ts";

/** One byte at a time, so that every mark and character is cut. */
async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
}

async function decoded(bytes: Uint8Array): Promise<string> {
  let text = "";
  for await (const chunk of decodedText(bytesOf(bytes))) text += chunk;
  return text;
}

const TEXT = '{"name":"Größe 🚀"}\n';

describe("decodedText", () => {
  it.each([
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with its mark", Buffer.from(`\uFEFF${TEXT}`)],
    ["UTF-16", Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
    ["UTF-16 in the other order", Buffer.from(`\uFEFF${TEXT}`, "utf16le").swap16()],
    ["gzip", gzipSync(TEXT)],
    ["gzip of UTF-16", gzipSync(Buffer.from(`\uFEFF${TEXT}`, "utf16le"))],
  ])("reads %s", async (_encoding, bytes) => {
    expect(await decoded(bytes)).toBe(TEXT);
  });

  it.each([0, 1])("reads a file of %i bytes", async (length) => {
    expect(await decoded(Buffer.from("x".repeat(length)))).toBe("x".repeat(length));
  });

  it("gives what there is of a gzip that ends too soon", async () => {
    expect(await decoded(gzipSync(TEXT).subarray(0, -8))).toBe(TEXT);
  });

  it("fails where the bytes of a gzip are damaged", async () => {
    const damaged = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40, 7)]);
    await expect(decoded(damaged)).rejects.toThrow("invalid");
  });
});
