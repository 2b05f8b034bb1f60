import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { ListenAddress } from "../../src/config/listen-address.ts";
import { ByteSize } from "../../src/lib/byte-size.ts";
import { readText } from "../../src/lib/read-text.ts";

describe("a size", () => {
  it.each([
    { text: "1B", bytes: 1 },
    { text: "512KiB", bytes: 524_288 },
    { text: "1GiB", bytes: 1_073_741_824 },
  ])("$text is $bytes bytes", ({ text, bytes }) => {
    expect(ByteSize.parse(text)).toBe(bytes);
  });

  it.each(["0B", "1GB", "1", "GiB", "1.5GiB", "-1KiB", "9007199254740993B", ""])("is not %j", (text) => {
    expect(ByteSize.safeParse(text).success).toBe(false);
  });
});

describe("an address to listen on", () => {
  it.each([
    { text: "127.0.0.1:8080", host: "127.0.0.1", port: 8080 },
    { text: "localhost:0", host: "localhost", port: 0 },
    { text: "[::1]:65535", host: "::1", port: 65_535 },
  ])("$text has host and port", ({ text, host, port }) => {
    expect(ListenAddress.parse(text)).toEqual({ host, port });
  });

  it.each(["8080", ":8080", "a:65536", "::1:8080", "http://a:80", "a:80/x", "a: 80"])("is not %j", (text) => {
    expect(ListenAddress.safeParse(text).success).toBe(false);
  });
});

describe("readText", () => {
  it("says in words why a file cannot be read, and refuses one that would fill the memory", async () => {
    const dir = await mkdtemp(join(tmpdir(), "tocsin-read-"));
    const large = join(dir, "large");
    await writeFile(large, "");
    await truncate(large, 5 * 1024 * 1024);
    expect(await readText(dir)).toEqual({ text: undefined, trouble: "it is a folder, not a file" });
    expect(await readText(join(dir, "gone"))).toEqual({ text: undefined, trouble: "there is no such file" });
    expect(await readText(join(large, "below"))).toEqual({
      text: undefined,
      trouble: "there is no such file",
    });
    expect(await readText(large)).toEqual({ text: undefined, trouble: "larger than 4 MiB" });
    await rm(dir, { recursive: true });
  });
});
