import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { codeUnits, fit, utf8Bytes } from "../../../src/sink/chat/fit.ts";
import { anyString } from "../../support/any-string.ts";
import { rounds } from "../../support/rounds.ts";

const doubled = (text: string): string => text.replaceAll("&", "&amp;");

describe("a text that must fit", () => {
  it("stays as it is when it does", () => {
    expect(fit("a & b", 9, doubled, codeUnits)).toBe("a &amp; b");
  });

  it("loses its middle before it is written", () => {
    const cut = fit("&".repeat(100), 21, doubled, codeUnits);
    expect(cut).toBe("&amp;&amp;…&amp;&amp;");
  });

  it("counts bytes where the receiver does, and cuts no character", () => {
    const cut = fit("镜像拉取失败".repeat(20), 40, String, utf8Bytes);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(40);
    expect(cut).toMatch(/^镜像.*….*失败$/u);
  });

  it("is left out where there is room for nothing", () => {
    expect(fit("text", 0, String, codeUnits)).toBe("");
    expect(fit("text", -5, String, codeUnits)).toBe("");
    expect(fit("long text", 8, (text) => `<pre>${text}</pre>`, codeUnits)).toBe("");
  });

  it("wastes at most a part of the room", () => {
    fc.assert(
      fc.property(
        anyString(40).map((text) => `${text}镜像&🔥`.repeat(60)),
        fc.integer({ min: 50, max: 199 }),
        (text, limit) => {
          const cut = fit(text, limit, doubled, utf8Bytes);
          expect(utf8Bytes(cut)).toBeLessThanOrEqual(limit);
          // The longest character has five bytes when it is written.
          expect(utf8Bytes(cut)).toBeGreaterThanOrEqual(limit - Math.max(12, limit / 16));
        },
      ),
      { numRuns: rounds(300) },
    );
  });
});
