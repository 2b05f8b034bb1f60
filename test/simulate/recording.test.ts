import { describe, expect, it } from "vitest";

import { type Finding, formatFinding } from "../../src/lib/finding.ts";
import { lookAhead } from "../../src/simulate/look-ahead.ts";
import type { Recorded } from "../../src/simulate/recorded.ts";
import { readEvents, readRecording, wholeText } from "../../src/simulate/recording.ts";

const AT = Date.parse("2026-11-30T07:26:50Z");

function event(name: string, at = "2026-11-30T07:26:00Z"): object {
  const object = { kind: "Event", metadata: { name, namespace: "shop" }, reason: name, lastTimestamp: at };
  return { receivedAt: at, type: "ADDED", object };
}

function state(type: string, object: object, receivedAt?: string): object {
  return { receivedAt, type, object };
}

const POD = {
  kind: "Pod",
  metadata: { name: "web-1", namespace: "shop", uid: "u1" },
  spec: { nodeName: "node-1" },
};

async function read(...lines: readonly object[]): Promise<{
  readonly recorded: readonly Recorded[];
  readonly lines: readonly string[];
}> {
  const findings: Finding[] = [];
  const recorded: Recorded[] = [];
  const text = lines.map((line) => JSON.stringify(line)).join("\n");
  for await (const each of readRecording("r.jsonl", wholeText(text), (finding) => findings.push(finding)))
    recorded.push(each);
  return { recorded, lines: findings.map(formatFinding) };
}

describe("a recording", () => {
  it("has the states of objects between its Events", async () => {
    const { recorded, lines } = await read(
      event("First"),
      state("STATE", POD, "2026-11-30T07:26:50Z"),
      event("Second", "2026-11-30T07:27:00Z"),
      state("DELETED", POD, "2026-11-30T07:28:50Z"),
    );
    expect(lines).toEqual([]);
    expect(recorded).toMatchObject([
      { raw: { reason: "First" } },
      {
        object: { kind: "Pod", namespace: "shop", name: "web-1" },
        found: { kind: "Pod", uid: "u1", node: "node-1" },
        at: AT,
      },
      { raw: { reason: "Second" } },
      { object: { kind: "Pod", namespace: "shop", name: "web-1" }, found: "gone", at: AT + 120_000 },
    ]);
  });

  it("has the state of a Node, which lies in no namespace", async () => {
    const { recorded } = await read(
      state("STATE", { kind: "Node", metadata: { name: "n1" } }, "2026-11-30T07:26:50Z"),
    );
    expect(recorded).toMatchObject([{ object: { kind: "Node", namespace: "", name: "n1" } }]);
  });

  it("says which states it cannot use, and goes on", async () => {
    const { recorded, lines } = await read(
      state("STATE", POD),
      state("STATE", { kind: "Pod" }, "2026-11-30T07:26:50Z"),
      event("Last"),
    );
    expect(lines).toEqual([
      "r.jsonl:1:1: is the state of an object without receivedAt",
      "r.jsonl:2:1: is the state of an object without kind and name",
    ]);
    expect(recorded).toMatchObject([{ raw: { reason: "Last" } }]);
  });

  it("gives its Events alone to those who ask for Events", async () => {
    const text = [event("First"), state("STATE", POD, "2026-11-30T07:26:50Z")].map((line) =>
      JSON.stringify(line),
    );
    const findings: Finding[] = [];
    const input = { file: "r.jsonl", chunks: wholeText(text.join("\n")) };
    const events = await readEvents(input, (finding) => findings.push(finding));
    expect(events).toHaveLength(1);
    expect(findings).toEqual([]);
  });

  it("ignores that Events were deleted", async () => {
    const { recorded, lines } = await read({ ...event("Old"), type: "DELETED" });
    expect([recorded, lines]).toEqual([[], []]);
  });
});

describe("looking ahead", () => {
  async function* numbers(taken: number[]): AsyncGenerator<number> {
    for (let number = 1; number <= 5; number += 1) {
      taken.push(number);
      yield number;
    }
  }

  it.each([
    [3, 10, true, [1, 2, 3]],
    [3, 2, false, [1, 2]],
    [9, 10, false, [1, 2, 3, 4, 5]],
  ] as const)("for %i in %i items: %s, and loses none", async (wanted, most, found, read) => {
    const taken: number[] = [];
    const ahead = await lookAhead(numbers(taken), (number) => number === wanted, most);
    expect([ahead.found, taken]).toEqual([found, read]);
    const all: number[] = [];
    for await (const number of ahead.all) all.push(number);
    expect(all).toEqual([1, 2, 3, 4, 5]);
  });
});
