import { describe, expect, it } from "vitest";

import { type EventInput, parseEvents } from "../../src/cli/event-input.ts";
import { type Finding, formatFinding } from "../../src/lib/finding.ts";
import { wholeText } from "../../src/simulate/recording.ts";

const event = { kind: "Event", reason: "BackOff", message: 'a "}" b', metadata: { name: "web-1.1" } };
const other = { ...event, reason: "Pulled" };
const yaml = (name: string) => `kind: Event\nreason: ${name}\nmetadata: { name: x }\n`;

async function read(text: string): Promise<EventInput & { readonly complaints: readonly string[] }> {
  const findings: Finding[] = [];
  const input = { file: "f", chunks: wholeText(text) };
  const parsed = await parseEvents(input, (finding) => findings.push(finding));
  return { ...parsed, complaints: findings.map(formatFinding) };
}

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
    expect((await read(text)).events.map(({ reason }) => reason)).toEqual(reasons);
  });

  it("tells one Event from a list with one in it", async () => {
    expect((await read(JSON.stringify(event))).isSingle).toBe(true);
    for (const value of [[event], { items: [event] }, { type: "ADDED", object: event }]) {
      expect((await read(JSON.stringify(value))).isSingle).toBe(false);
    }
  });

  it.each([
    { title: "nothing", text: "  \n", complaints: [] },
    {
      title: "another kind",
      text: "kind: Pod\nreason: Evicted",
      complaints: ['f:1:1: warning: is of kind "Pod", not an Event, and is left out'],
    },
    {
      title: "another kind in a list",
      text: JSON.stringify({ items: [{ kind: "Pod" }] }),
      complaints: ['f:1:1: warning: item 1: is of kind "Pod", not an Event, and is left out'],
    },
    {
      title: "an entry of the audit log, which is called Event as well",
      text: JSON.stringify({ kind: "Event", apiVersion: "audit.k8s.io/v1", reason: "x" }),
      complaints: ["f:1:1: warning: is an entry of the audit log, not an Event, and is left out"],
    },
    { title: "a word", text: "hello", complaints: ["f:1:1: is no Event, nor a list of Events"] },
    {
      title: "any object",
      text: '{"foo":1}',
      complaints: ["f:1:1: is no Event: it has no reason and no involvedObject"],
    },
    {
      title: "a word of no watch",
      text: JSON.stringify({ type: "PRESENT", object: event }),
      complaints: ['f:1:1: has the type "PRESENT", which no watch has'],
    },
    {
      title: "an envelope without end",
      text: JSON.stringify(Array.from({ length: 20 }).reduce((inner) => ({ event: inner }), event)),
      complaints: ["f:1:1: is no Event, nor a list of Events"],
    },
    { title: "bytes", text: "PK\u0003\u0004", complaints: ["f:1:1: is no text, neither JSON nor YAML"] },
  ])("says what is wrong with $title", async ({ text, complaints }) => {
    const { events, complaints: all } = await read(text);
    expect([events, all]).toEqual([[], complaints]);
  });

  const line = (reason: string): string => JSON.stringify({ ...event, reason });
  const torn = line("Torn").slice(0, 40);

  it.each([
    { title: "between two", text: `${line("A")}\n${torn}\n${line("B")}`, reasons: ["A", "B"], at: 2 },
    { title: "at the end", text: `${line("A")}\n${line("B")}\n${torn}`, reasons: ["A", "B"], at: 3 },
    {
      title: "over many lines",
      text: `{\n  "reason": "A",\n  "x": {\n${line("B")}\n${line("C")}`,
      reasons: ["B", "C"],
      at: 1,
    },
    {
      title: "at the end of a list",
      text: JSON.stringify({ kind: "List", items: [event, other, event] }, null, 2).slice(0, -30),
      reasons: ["BackOff", "Pulled"],
      at: 20,
    },
    {
      title: "at the end of a list in YAML",
      text: `items:\n- reason: A\n- reason: B\n- reason: "C`,
      reasons: ["A", "B"],
      at: 4,
    },
  ])("keeps what is whole beside a value that is torn $title, and names its line", async (row) => {
    const { events, complaints } = await read(row.text);
    expect(events.map(({ reason }) => reason)).toEqual(row.reasons);
    expect(complaints).toEqual([`f:${row.at}:1: is torn: it begins here and has no end`]);
  });

  it.each([
    { title: "eventrouter", text: JSON.stringify({ verb: "UPDATED", event, old_event: other }) },
    { title: "a deletion of eventrouter", text: JSON.stringify({ verb: "DELETED", event }), reasons: [] },
    { title: "kubernetes-event-exporter", text: JSON.stringify({ level: "info", event, msg: "x" }) },
    { title: "an answer of Elasticsearch", text: JSON.stringify({ hits: { hits: [{ _source: event }] } }) },
    { title: "CloudEvents", text: JSON.stringify({ specversion: "1.0", data: event }) },
    { title: "a log shipper", text: JSON.stringify({ stream: "stdout", log: `${JSON.stringify(event)}\n` }) },
    { title: "RFC 7464", text: `\u001E${JSON.stringify(event)}\n` },
    {
      title: "several on a line",
      text: `[${JSON.stringify([event])}] ${JSON.stringify(event)}`,
      reasons: ["BackOff", "BackOff"],
    },
  ])("opens what $title wraps around Events", async ({ text, reasons = ["BackOff"] }) => {
    const { events, complaints } = await read(text);
    expect([events.map(({ reason }) => reason), complaints]).toEqual([reasons, []]);
  });
});
