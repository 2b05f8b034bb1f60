import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { renderRule } from "../../src/simulate/index.ts";
import { previewOf } from "../../src/sink/index.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";
import { runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-render-"));
  await writeFile(join(cwd, "tocsin.yaml"), CONFIGURATION);
  await writeFile(join(cwd, "rules.yaml"), RULES);
});

afterEach(() => rm(cwd, { recursive: true }));

const CONFIGURATION = `
cluster: prod
sinks:
  - { name: ops, type: slack, url: { env: NOT_SET }, mentions: { critical: [<!here>] } }
  - { name: mail, type: email, host: mx, from: a@example.org, to: [b@example.org], title: "Mail of {{ alert.rule }}" }
  - { name: hook, type: webhook, url: "http://127.0.0.1:1/" }
  - { name: quiet, type: stdout, minSeverity: critical }
rules: [rules.yaml]
route: { sinks: [ops, mail, hook, quiet] }
`;

const RULES = `
rules:
  - name: bad
    match: { reason: Bad }
    severity: critical
    title: "Bad: {{ event.involvedObject.name }}"
  - { name: many, match: { reason: Often, involvedObject: { name: "db-*" } }, threshold: { count: 5, distinct: 3, within: 10m } }
  - { name: slow, match: { message: { regex: "^took [0-9]+s$" } }, for: 2h }
  - { name: info, match: { reason: Info }, severity: info, sinks: [quiet] }
`;

interface Rendering {
  readonly rule: string;
  readonly messages: readonly { readonly sink: string; readonly type: string; readonly message: string }[];
}

async function rendered(...argv: readonly string[]): Promise<Rendering> {
  const { status, stdout, stderr } = await runCommand(["render", "--json", ...argv], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as Rendering;
}

const Body = z.object({
  alerts: z.array(
    z.object({
      event: z.object({
        reason: z.string(),
        message: z.string(),
        source: z.object({ component: z.string() }),
        involvedObject: z.object({
          kind: z.string(),
          namespace: z.string(),
          name: z.string(),
          container: z.string(),
        }),
      }),
    }),
  ),
});

const EVENT = {
  kind: "Event",
  metadata: { name: "x.1", namespace: "shop", uid: "1", resourceVersion: "7" },
  involvedObject: { kind: "Pod", namespace: "shop", name: "given" },
  reason: "Bad",
  message: "red \u001B[31m and \u202Eback",
  type: "Warning",
  source: { component: "x" },
  firstTimestamp: "2026-06-01T10:00:00Z",
  lastTimestamp: "2026-06-01T10:00:00Z",
};

describe("render", () => {
  it("shows what each sink would be sent, and needs no secret for it", async () => {
    const { messages } = await rendered("bad");
    expect(messages.map(({ sink, type }) => `${sink} ${type}`)).toEqual([
      "ops slack",
      "mail email",
      "hook webhook",
      "quiet stdout",
    ]);
    const [slack, mail, hook, stdout] = messages.map(({ message }) => message);
    expect(JSON.parse(slack ?? "")).toMatchObject({ text: expect.stringContaining("<!here>") });
    expect(mail).toMatch(/^From: a@example.org\nTo: b@example.org\nSubject: \[prod\] Mail of bad\n\n/u);
    expect(JSON.parse(hook ?? "")).toMatchObject({ kind: "firing", title: "Bad: web-1", cluster: "prod" });
    expect(stdout).toContain("CRITICAL");
  });

  it.each([
    ["many", { occurrences: 15, title: "Often: Deployment web in shop" }],
    ["slow", { occurrences: 27 }],
  ])("makes a sample that fires, whatever %s waits for", async (rule, expected) => {
    const { messages } = await rendered(rule);
    const hook = messages.find(({ sink }) => sink === "hook");
    expect(JSON.parse(hook?.message ?? "null")).toMatchObject({ kind: "firing", ...expected });
  });

  it.each<[string, string, readonly string[]]>([
    [
      "the kind and the component that the reason table has",
      "{ reason: CIDRNotAvailable }",
      ["Node", "", "node-1", "", "CIDRNotAvailable", "cidrAllocator"],
    ],
    [
      "the kind of the match, in its namespace",
      "{ reason: Odd, kind: Job, namespace: batch }",
      ["Job", "batch", "web", "", "Odd", ""],
    ],
    ["no namespace of a Node", "{ reason: Odd, kind: Node }", ["Node", "", "node-1", "", "Odd", "kubelet"]],
    [
      "a container of a Pod alone",
      "{ reason: BackOff }",
      ["Pod", "shop", "web-1", "app", "BackOff", "kubelet"],
    ],
  ])("makes a sample with %s", async (_, match, expected) => {
    await writeFile(join(cwd, "rules.yaml"), `rules: [{ name: one, for: 7h, match: ${match} }]`);
    const { messages } = await rendered("one");
    const { message = "" } = messages.find(({ sink }) => sink === "hook") ?? {};
    const [alert] = Body.parse(JSON.parse(message)).alerts;
    const { involvedObject: object, reason, message: said, source } = alert?.event ?? {};
    const made = [object?.kind, object?.namespace, object?.name, object?.container];
    expect([...made, reason, source?.component]).toEqual(expected);
    expect(said).toContain(reason === "BackOff" ? "Back-off" : reason);
  });

  it("takes given Events, and nothing in them reaches a terminal alive", async () => {
    await writeFile(join(cwd, "event.json"), JSON.stringify(EVENT));
    const { stdout } = await runCommand(["render", "bad", "--events", "event.json"], { cwd });
    expect(stdout).toContain("Bad: given");
    expect(stdout).not.toContain("\u001B");
    expect(stdout).not.toContain("\u202E");
    const piped = await runCommand(["render", "bad", "--events", "-"], { cwd, stdin: JSON.stringify(EVENT) });
    expect(piped.stdout).toBe(stdout);
  });

  it("says when no sink gets a message", async () => {
    expect(await runCommand(["render", "info"], { cwd })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^No sink gets a message of info/u),
    });
    const given = await runCommand(["render", "many", "--events", "-"], {
      cwd,
      stdin: JSON.stringify(EVENT),
    });
    expect(given).toMatchObject({ status: 0, stdout: expect.stringContaining("tocsin explain") });
  });

  it("shows the message whatever hour it is, and whatever is silenced", async () => {
    const hours = `
route: { sinks: [mail], mute: [always] }
timeIntervals: { always: { zone: UTC, times: ["00:00-24:00"] } }
silences: [{ name: s, match: { rule: bad }, untilResolved: true, comment: x }]
`;
    await writeFile(join(cwd, "tocsin.yaml"), CONFIGURATION.replace(/^route:.*$/mu, hours));
    expect((await runCommand(["render", "bad", "--json"], { cwd })).stdout).toContain('"sink": "mail"');
  });

  it("makes a sample that fits globs and parts of a value, so that routes by them take it", async () => {
    const rules = `
rules:
  - { name: glob, match: { reason: Bad, namespace: { like: "shop-*" }, message: { contains: full disk } } }
  - { name: list, match: { reason: { like: "Bad?" }, namespace: [{ regex: "^a" }, { like: "pay-*", not: pay-1 }, pay] } }
`;
    await writeFile(join(cwd, "rules.yaml"), rules);
    const routed = CONFIGURATION.replace(
      "route: { sinks: [ops, mail, hook, quiet] }",
      'route: { sinks: [quiet], routes: [{ name: shop, match: { namespace: { like: "shop-*" } }, sinks: [hook] }, { name: pay, match: { namespace: pay }, sinks: [mail] }] }',
    );
    await writeFile(join(cwd, "tocsin.yaml"), routed);
    const { messages } = await rendered("glob");
    expect(messages.map(({ sink }) => sink)).toEqual(["hook"]);
    expect(messages[0]?.message).toContain("full disk");
    expect((await rendered("list")).messages.map(({ sink }) => sink)).toEqual(["mail"]);
  });

  it("knows what was meant by a rule that is not there, and by a file that is none", async () => {
    expect(await runCommand(["render", "bda"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean "bad"?'),
    });
    expect(await runCommand(["render", "bad", "--events", "gone.json"], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("gone.json"),
    });
    const broken = await runCommand(["render", "bad", "--events", "-"], { cwd, stdin: '{"kind":"Pod"}' });
    expect(broken).toMatchObject({ status: 1, stderr: expect.stringContaining("standard input:1") });
  });

  it("has a message of every builtin rule", async () => {
    const { policy, sinks } = await loadBuiltinConfiguration();
    const { byName } = policy.rules;
    expect(byName.size).toBeGreaterThan(40);
    for (const [name, rule] of byName) {
      const { messages, faults } = await renderRule({ rule, policy, events: undefined, learnsOwners: true });
      const failed: string[] = [...faults];
      const shown = messages.map(({ at, notification }) => {
        const sink = sinks.find((candidate) => candidate.name === notification.sink);
        const look = { now: at, colour: false, onFailure: (option: string) => void failed.push(option) };
        return sink === undefined ? "" : previewOf(sink, notification, look);
      });
      expect({ name, failed, shown }).toEqual({ name, failed: [], shown: [expect.stringMatching(/\w/u)] });
    }
  });
});
