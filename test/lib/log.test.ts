import { describe, expect, it } from "vitest";

import { createLogger, type LogOptions } from "../../src/lib/log.ts";

function logging(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    format: "json",
    write: (line) => lines.push(line),
    scrub: (text) => text.replaceAll("hunter2", "[redacted]"),
    ...options,
  });
  return { log, lines };
}

describe("the log", () => {
  it("writes one JSON line for each message of its level or above, with the fields", () => {
    const { log, lines } = logging({ level: "warn" });
    log.info("not written");
    log.warn("sink fails", { sink: "ops", tries: 3 });
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: "warn", message: "sink fails", sink: "ops", tries: 3 }),
    ]);
    expect(lines[0]?.endsWith("\n")).toBe(true);
  });

  it("lets no secret out, wherever it stands", () => {
    const { log, lines } = logging();
    log.child({ url: "https://x/hunter2" }).error("hunter2", { error: new Error("hunter2") });
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain("[redacted]");
  });

  it("shows what a terminal may obey, or nobody sees, in either format", () => {
    const text = "a\u009b31mb\u202ec\u200b";
    const json = logging();
    json.log.info("x", { text });
    expect(json.lines.join("")).toContain(String.raw`a\u009b31mb\u202ec\u200b`);
    const pretty = logging({ format: "pretty" });
    pretty.log.info("x", { text, deep: { text } });
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(pretty.lines.join("")).not.toMatch(/[\u0080-\u009f\u202e\u200b]/u);
  });

  it("gives a child's fields to each of its lines, and not to the parent's", () => {
    const { log, lines } = logging();
    log.child({ sink: "ops" }).info("child");
    log.info("parent");
    expect(lines.map((line) => (JSON.parse(line) as { sink?: string }).sink)).toEqual(["ops", undefined]);
  });

  it("is readable without colours in the pretty format", () => {
    const { log, lines } = logging({ format: "pretty" });
    log.warn("sink fails", { sink: "ops" });
    expect(lines).toEqual([expect.stringMatching(/sink fails.*ops/u)]);
    // oxlint-disable-next-line no-control-regex -- no escape may be there
    expect(lines[0]).not.toMatch(/\u001b/u);
  });
});
