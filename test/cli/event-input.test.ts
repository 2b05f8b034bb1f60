import { describe, expect, it } from "vitest";

import { parseEvents } from "../../src/cli/event-input.ts";

const event = { kind: "Event", reason: "BackOff", message: 'a "}" b', metadata: { name: "web-1.1" } };
const other = { ...event, reason: "Pulled" };
const yaml = (name: string) => `kind: Event\nreason: ${name}\nmetadata: { name: x }\n`;

describe("parseEvents", () => {
  it.each([
    { title: "one JSON object", text: JSON.stringify(event, null, 2), reasons: ["BackOff"] },
    {
      title: "a List",
      text: JSON.stringify({ kind: "List", items: [event, other] }),
      reasons: ["BackOff", "Pulled"],
    },
    { title: "an array", text: JSON.stringify([event, other]), reasons: ["BackOff", "Pulled"] },
    {
      title: "JSON lines",
      text: `${JSON.stringify(event)}\n${JSON.stringify(other)}\n`,
      reasons: ["BackOff", "Pulled"],
    },
    {
      title: "objects one after the other over many lines",
      text: [event, other].map((value) => JSON.stringify(value, null, 2)).join("\n"),
      reasons: ["BackOff", "Pulled"],
    },
    {
      title: "watch lines, of which deletions and bookmarks say nothing",
      text: ["ADDED", "DELETED", "BOOKMARK", "MODIFIED"]
        .map((type) => JSON.stringify({ type, object: { ...event, reason: type } }))
        .join("\n"),
      reasons: ["ADDED", "MODIFIED"],
    },
    { title: "YAML", text: yaml("A"), reasons: ["A"] },
    { title: "several YAML documents", text: `${yaml("A")}---\n${yaml("B")}---\n`, reasons: ["A", "B"] },
    { title: "YAML that begins as JSON does", text: "{ reason: A }\n{ reason: B }", reasons: ["A", "B"] },
    { title: "an Event without kind and version, as people write it", text: "reason: A", reasons: ["A"] },
  ])("reads $title", async ({ text, reasons }) => {
    expect((await parseEvents(text)).events.map(({ reason }) => reason)).toEqual(reasons);
  });

  it("tells one Event from a list with one in it", async () => {
    expect((await parseEvents(JSON.stringify(event))).isSingle).toBe(true);
    for (const value of [[event], { items: [event] }, { type: "ADDED", object: event }]) {
      expect((await parseEvents(JSON.stringify(value))).isSingle).toBe(false);
    }
  });

  it.each([
    { title: "nothing", text: "  \n", message: "there is no Event in the input" },
    { title: "another kind", text: "kind: Pod", message: 'value 1 is of kind "Pod", not an Event' },
    {
      title: "another kind in a list",
      text: JSON.stringify({ items: [event, { kind: "Pod" }] }),
      message: 'value 1, item 2 is of kind "Pod", not an Event',
    },
    { title: "a word", text: "hello", message: 'value 1 is not an Event but "hello"' },
    { title: "neither JSON nor YAML", text: "{ a: [", message: "neither JSON nor YAML: " },
  ])("says what is wrong with $title", async ({ text, message }) => {
    await expect(parseEvents(text)).rejects.toThrow(message);
  });
});
