import { describe, expect, it } from "vitest";

import { ByteSize } from "../../src/lib/byte-size.ts";

describe("a size", () => {
  it.each([
    ["1B", 1],
    ["512KiB", 524_288],
    ["64MiB", 67_108_864],
    ["2GiB", 2_147_483_648],
    ["1TiB", 1_099_511_627_776],
  ])("%s is %d bytes", (text, bytes) => {
    expect(ByteSize.parse(text)).toBe(bytes);
  });

  it.each(["64", "64MB", "0KiB", "1.5GiB", "-1MiB", "64mib", "9999999TiB", ""])("refuses %j", (text) => {
    const { success, error } = ByteSize.safeParse(text);
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toBe(
      `not a size: ${JSON.stringify(text)} (write 512KiB, 64MiB or 1GiB)`,
    );
  });
});
