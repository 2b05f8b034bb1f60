import { stripVTControlCharacters } from "node:util";

import { describe, expect, it } from "vitest";

import type { SinkType } from "../../../src/sink/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import { toBlock } from "../../../src/sinks/stdout/block.ts";
import { stdout } from "../../../src/sinks/stdout/stdout.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, makeSink, type Receiver, sendOnce } from "../../support/describe-sink.ts";
import {
  makeAlert,
  makeNotification,
  makeNotificationOf,
  makeRecord,
  makeWireEvent,
} from "../../support/notifications.ts";

/** Characters that a terminal obeys: controls except the line feed, and those that turn the reading direction. */
const LIVE =
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\u{e0000}-\u{e007f}]/u;

/** A console in place of the program's own. */
class Console implements Receiver {
  static current = new Console();
  readonly texts: string[] = [];

  bodies(): readonly string[] {
    return this.texts;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const onConsole: SinkType = {
  ...(stdout as SinkType),
  create: (options, context) =>
    // Parsed by the same type's schema.
    (stdout as SinkType).create(options, {
      ...context,
      stdout: async (text) => {
        if (text !== "") Console.current.texts.push(text);
      },
    }),
};

const startConsole = async (): Promise<Console> => {
  Console.current = new Console();
  return Console.current;
};

describeSink(onConsole, {
  receiver: startConsole,
  options: () => ({ format: "pretty" }),
  check: (body) => {
    expect(body).not.toMatch(LIVE);
    expect(body.isWellFormed()).toBe(true);
    for (const line of body.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
  },
});

describeSink(onConsole, {
  receiver: startConsole,
  options: () => ({ format: "json" }),
  check: (body, text) => {
    expect(body).not.toMatch(LIVE);
    expect(body.split("\n")).toHaveLength(2);
    expect(JSON.parse(body)).toMatchObject({ version: "1", title: text.toWellFormed() });
  },
});

describe("a block on the console", () => {
  it("is coloured in the state's word and the bar, and nowhere else", () => {
    const shown = present(makeNotification({ severity: "critical" }), 0);
    const plain = toBlock(shown, 0, { width: 100, colour: false });
    const coloured = toBlock(shown, 0, { width: 100, colour: true });
    const painted = coloured.split("\u001b[31m").slice(1);
    expect(painted.map((text) => text.split("\u001b", 1)[0])).toEqual(["CRITICAL", "│"]);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it("wraps a long message at blanks, and leaves out its middle beyond six lines", () => {
    const event = makeWireEvent({ message: `${"a rather long message ".repeat(60)}cause` });
    const shown = present(makeNotification({ alerts: [makeAlert({ objects: [], event })] }), 0);
    const bars = toBlock(shown, 0, { width: 80, colour: false })
      .split("\n")
      .filter((line) => line.includes("│"));
    expect(bars).toHaveLength(6);
    expect(bars.every((line) => line.length <= 80)).toBe(true);
    expect(bars[2]).toMatch(/(?:a|rather|long|message) …$/u);
    expect(bars.at(-1)).toMatch(/ cause$/u);
  });

  it("keeps a command whole, however narrow it is", () => {
    const name = "checkout-api-7d9c6b5f4-abcde".repeat(5).slice(0, 120);
    const alert = makeAlert({ objects: [{ ...makeAlert().objects[0]!, name }] });
    const block = toBlock(present(makeNotification({ alerts: [alert] }), 0), 0, { width: 60, colour: false });
    expect(block).toContain(`kubectl -n shop describe pod ${name}\n`);
  });
});

describe("JSON lines", () => {
  it("writes what a terminal would obey as escapes that a parser undoes", async () => {
    const { sink, printed } = makeSink(stdout, { format: "json" });
    const text = "\u009b31m red \u202e der \u2028";
    await sendOnce(sink, makeNotificationOf(text));
    expect(printed.join("")).toContain(String.raw`\u009b31m red \u202e der \u2028`);
    expect(JSON.parse(printed.join(""))).toMatchObject({ title: text });
  });

  it("writes a batch of records at once, one line each", async () => {
    const { sink, printed } = makeSink(stdout, { format: "pretty" });
    await sink.write?.([makeRecord("a"), makeRecord("b")], noDeadline());
    expect(printed).toHaveLength(1);
    const ids = printed
      .join("")
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(ids).toMatchObject([{ id: "a" }, { id: "b" }]);
  });
});
