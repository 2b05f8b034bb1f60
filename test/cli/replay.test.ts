import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { captureIo, runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-replay-"));
  await writeFile(join(cwd, "rules.yaml"), RULES);
});

afterEach(() => rm(cwd, { recursive: true }));

const RULES = `
rules:
  - { name: bad, match: { reason: Bad }, severity: critical, resolve: { by: [{ reason: Good, same: [object] }] } }
  - { name: often, match: { reason: Often }, threshold: { count: 3, within: 10m } }
  - { name: once, match: { reason: Once }, lifecycle: point }
`;

/** A state of an Event, as the API server gives it. */
function event(reason: string, minute: number, more: { pod?: string; count?: number } = {}): object {
  const { pod = "web", count = 1 } = more;
  const time = (at: number): string => new Date(Date.UTC(2026, 5, 1, 10, at)).toISOString();
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name: `${pod}.${reason}`,
      namespace: "shop",
      uid: reason,
      resourceVersion: String(100 + minute + count),
    },
    involvedObject: { kind: "Pod", namespace: "shop", name: pod },
    reason,
    message: `${reason} happened`,
    type: "Warning",
    source: { component: "kubelet", host: "node-1" },
    firstTimestamp: time(minute),
    lastTimestamp: time(minute),
    count,
  };
}

/** The output of `--json`, with the fields that these tests read. */
interface Replay {
  readonly notifications: readonly { readonly at: string; readonly kind: string; readonly title: string }[];
}

async function replay(content: string, ...argv: readonly string[]) {
  await writeFile(join(cwd, "events.jsonl"), content);
  return runCommand(["replay", "events.jsonl", "--rules", "rules.yaml", ...argv], { cwd });
}

async function told(content: string): Promise<readonly string[]> {
  const { stdout } = await replay(content, "--json");
  // The command's own shape.
  const { notifications } = JSON.parse(stdout) as Replay;
  return notifications.map(({ at, kind, title }) => `${at.slice(11, 19)} ${kind} ${title}`);
}

const STORY = [event("Bad", 0), event("Good", 5)];
const TOLD = ["10:00:10 firing Bad: Pod web in shop", "10:05:10 resolved Resolved: Bad: Pod web in shop"];

describe("tocsin replay", () => {
  it.each([
    ["Events, one a line", STORY.map((value) => JSON.stringify(value)).join("\n")],
    [
      "Events over many lines, as kubectl prints them",
      STORY.map((value) => JSON.stringify(value, null, 2)).join("\n"),
    ],
    ["a List", JSON.stringify({ kind: "List", items: STORY })],
    ["a List over many lines", JSON.stringify({ kind: "EventList", items: STORY }, null, 4)],
    ["a list in the order of names", JSON.stringify({ kind: "List", items: STORY.toReversed() })],
    ["an array", JSON.stringify(STORY)],
    ["YAML", STORY.map((value) => `---\n${JSON.stringify(value)}\n`).join("")],
    [
      "watch lines, with what is no Event between",
      [
        { type: "ADDED", object: STORY[0] },
        { type: "BOOKMARK", object: { kind: "Event", metadata: { resourceVersion: "7" } } },
        { type: "DELETED", object: event("Bad", 3) },
        { type: "MODIFIED", object: STORY[1] },
        { type: "ERROR", object: { kind: "Status", code: 410 } },
      ]
        .map((value) => JSON.stringify(value))
        .join("\n"),
    ],
  ])("reads %s", async (_name, content) => {
    expect(await told(content)).toEqual(TOLD);
  });

  it("counts messages of each sink by kind", async () => {
    const { stdout } = await replay(STORY.map((value) => JSON.stringify(value)).join("\n"), "--json");
    expect(JSON.parse(stdout)).toMatchObject({ perSink: { console: { firing: 1, resolved: 1 } } });
  });

  it("goes by the time of receipt where it is recorded", async () => {
    const lines = STORY.map((object, index) =>
      JSON.stringify({ receivedAt: `2026-06-01T12:0${index}:00Z`, type: "ADDED", object }),
    );
    expect(await told(lines.join("\n"))).toEqual([
      "12:00:10 firing Bad: Pod web in shop",
      "12:01:10 resolved Resolved: Bad: Pod web in shop",
    ]);
  });

  it("reads standard input, and Events that somebody wrote by hand", async () => {
    const stdin =
      "reason: Bad\ninvolvedObject: { kind: Pod, name: web, namespace: shop }\nmetadata: { name: x }\n";
    const { stdout, status } = await runCommand(["replay", "-", "--rules", "rules.yaml"], { cwd, stdin });
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining("firing    critical  1       1      Bad: Pod web\n"),
    ]);
  });

  it("tells what was told when, what still fires, and what led to nothing", async () => {
    const { stdout, status } = await replay(
      [
        event("Bad", 0),
        event("Often", 1),
        event("Often", 2, { count: 2 }),
        event("Once", 3, { pod: "db" }),
        event("Else", 4),
      ]
        .map((value) => JSON.stringify(value))
        .join("\n"),
    );
    expect(status).toBe(0);
    expect(stdout).toBe(`TIME (UTC)           SINK     KIND      SEVERITY  ALERTS  TIMES  TITLE
2026-06-01 10:00:10  console  firing    critical  1       1      Bad: Pod web in shop
2026-06-01 10:03:30  console  firing    warning   1       1      Once: Pod db in shop
2026-06-01 10:19:10  console  resolved  critical  1       1      No longer seen: Bad: Pod web in shop

RULE   EVENTS  ALERTS  MESSAGES
bad    1       1       2
once   1       1       1
often  2       0       0

Occurrences that led to no message of their own: 2 by threshold

5 events in 4 min, 4 matched, 3 messages
`);
  });

  it("lists what still fires", async () => {
    const lasting = RULES.replace("name: bad", "name: bad, lifecycle: transition");
    await writeFile(join(cwd, "rules.yaml"), lasting);
    const { stdout } = await replay(JSON.stringify(event("Bad", 0)));
    expect(stdout).toContain("Still firing at the end:\n  critical bad: Pod/web in shop\n");
  });

  it("says which lines it could not read, goes on, and fails", async () => {
    const content = [
      JSON.stringify(STORY[0]),
      "{ broken",
      JSON.stringify({ kind: "Pod" }),
      JSON.stringify(STORY[1]),
    ];
    const { stdout, stderr, status } = await replay(content.join("\n"));
    expect(status).toBe(1);
    expect(stderr).toBe(
      "events.jsonl:2:1: is torn: it begins here and has no end\n" +
        'events.jsonl:3:1: warning: is of kind "Pod", not an Event, and is left out\n',
    );
    expect(stdout).toContain("resolved");
  });

  it("says so when there is no Event, no file, or no sound rule", async () => {
    expect(await replay("")).toMatchObject({
      status: 1,
      stdout: "There is no Event in the recording: kubectl get events -A -o json prints them whole.\n",
    });
    expect(await runCommand(["replay", "none.jsonl", "--rules", "rules.yaml"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("none.jsonl: ") as string,
    });
    await writeFile(join(cwd, "rules.yaml"), "rules: [{ name: x }]");
    expect(await replay("{}")).toMatchObject({ status: 2 });
  });

  it("takes a text of an Event for what it is: text", async () => {
    const evil = {
      ...event("Bad", 0),
      involvedObject: { kind: "Pod", namespace: "shop", name: "\u001B[2Jweb\nx" },
    };
    const { stdout } = await replay(JSON.stringify(evil));
    expect(stdout).not.toContain("\u001B");
  });

  it("says how far it is on a terminal, of a large recording", async () => {
    const line = JSON.stringify(event("Else", 0));
    await writeFile(join(cwd, "events.jsonl"), `${line}\n`.repeat(50_000));
    const { io, written } = captureIo({ cwd, colour: { stdout: false, stderr: true } });
    await main(["replay", "events.jsonl", "--rules", "rules.yaml"], io);
    expect(written.stderr).toContain("50000 events");
  });
});
