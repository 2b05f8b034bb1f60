import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

const OLD = `
maxEventAgeSeconds: 60
route:
  routes:
    - match: [{ receiver: out }]
    - match: [{ receiver: out, reason: Twice }]
    - drop: [{ component: default-scheduler }]
      match: [{ receiver: chat, type: Warning, message: "^Back-off" }]
receivers:
  - { name: out, stdout: {} }
  - { name: chat, slack: { token: "\${TOKEN}", channel: "#ops", message: "{{ .Message }}" } }
`;

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-compare-"));
  await writeFile(join(cwd, "old.yaml"), OLD);
  const { status } = await runCommand(["import", "old.yaml", "--cluster", "lab", "--out", "."], { cwd });
  expect(status).toBe(0);
});

afterEach(() => rm(cwd, { recursive: true }));

interface Given {
  readonly name: string;
  readonly minute?: number;
  readonly count?: number;
  readonly [field: string]: unknown;
}

/** A line of a watch. */
function line({ name, minute = 0, count = 1, ...more }: Given): string {
  const time = new Date(Date.UTC(2026, 5, 1, 10, minute)).toISOString();
  const object = {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name,
      namespace: "shop",
      uid: name,
      resourceVersion: String(100 + minute),
      creationTimestamp: time,
    },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web-1" },
    type: "Warning",
    reason: "BackOff",
    message: "Back-off restarting",
    source: { component: "kubelet" },
    firstTimestamp: time,
    lastTimestamp: time,
    count,
    ...more,
  };
  return JSON.stringify({ receivedAt: time, type: "ADDED", object });
}

interface Answer {
  readonly receivers: readonly object[];
  readonly differences: readonly { readonly receiver: string; readonly code: string }[];
  readonly messages: Readonly<Record<string, number>>;
}

async function compared(lines: readonly string[], config = "tocsin.yaml"): Promise<Answer> {
  await writeFile(join(cwd, "events.jsonl"), `${lines.join("\n")}\n`);
  const argv = [
    "compare",
    "--with",
    "kubernetes-event-exporter",
    "old.yaml",
    "events.jsonl",
    "--config",
    config,
  ];
  const { status, stdout, stderr } = await runCommand([...argv, "--json"], { cwd, env: { TOKEN: "t" } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  // The shape is that of the command.
  return JSON.parse(stdout) as Answer;
}

describe("tocsin compare", () => {
  it("finds no difference between a configuration and its import, and counts the messages of alerts", async () => {
    const { receivers, differences, messages } = await compared([
      line({ name: "a" }),
      line({ name: "b", type: "Normal", reason: "Pulled", message: "Pulled image", minute: 1 }),
    ]);
    expect(receivers).toEqual([
      { receiver: "out", there: 2, here: 2, onlyThere: 0, onlyHere: 0 },
      { receiver: "chat", there: 1, here: 1, onlyThere: 0, onlyHere: 0 },
    ]);
    expect(differences).toEqual([]);
    expect(messages["chat"]).toBeGreaterThanOrEqual(1);
  });

  it.each([
    ["updates", [line({ name: "a" }), line({ name: "a", minute: 1, count: 2 })], "out", { onlyHere: 1 }],
    ["may-repeat", [line({ name: "a", reason: "Twice" })], "out", { onlyThere: 1 }],
    ["age", [line({ name: "a", minute: 9, lastTimestamp: "2026-06-01T10:00:00Z" })], "out", { onlyHere: 1 }],
    [
      "component-new-style",
      [line({ name: "a", source: {}, reportingComponent: "default-scheduler" })],
      "chat",
      { onlyThere: 1 },
    ],
    [
      "message-prefix",
      [line({ name: "a", message: "(combined from similar events): Back-off restarting" })],
      "chat",
      { onlyHere: 1 },
    ],
  ])("names the reason %s", async (code, lines, receiver, numbers) => {
    const { differences } = await compared(lines);
    const found = differences.filter((each) => each.code === code && each.receiver === receiver);
    expect(found).toEqual([expect.objectContaining({ onlyThere: 0, onlyHere: 0, ...numbers })]);
  });

  it("says that configurations differ where nothing else explains it", async () => {
    await writeFile(
      join(cwd, "other.yaml"),
      "cluster: lab\nrules: []\nsinks: [{ name: out, type: stdout }]\nforward: [{ name: all, match: { type: Normal }, sinks: [out] }]\n",
    );
    const { differences } = await compared([line({ name: "a" })], "other.yaml");
    expect(differences).toMatchObject([
      { receiver: "out", code: "configuration", onlyThere: 1, example: "Warning BackOff, Pod shop/web-1" },
      { receiver: "chat", code: "configuration", onlyThere: 1 },
    ]);
  });

  it("shows a table for people, and refuses what it cannot read", async () => {
    await writeFile(join(cwd, "events.jsonl"), `${line({ name: "a" })}\n`);
    const run = (...argv: readonly string[]): ReturnType<typeof runCommand> =>
      runCommand(["compare", "--with", ...argv], { cwd, env: { TOKEN: "t" } });
    const { stdout } = await run("kubernetes-event-exporter", "old.yaml", "events.jsonl");
    expect(stdout).toMatch(/^1 state of Events\n\nreceiver +kubernetes-event-exporter +here/u);
    expect(await run("nosuch", "old.yaml", "events.jsonl")).toMatchObject({ status: 2 });
    expect(await run("kubernetes-event-exporter", "none.yaml", "events.jsonl")).toMatchObject({ status: 2 });
    await writeFile(join(cwd, "empty.jsonl"), "");
    expect(await run("kubernetes-event-exporter", "old.yaml", "empty.jsonl")).toMatchObject({ status: 1 });
  });
});
