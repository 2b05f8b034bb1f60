import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "vitest";

import type { EventRecord, Policy } from "../../src/alert/index.ts";
import { toRecordEvent } from "../../src/alert/message/wire.ts";
import { loadConfiguration } from "../../src/config/index.ts";
import { type ClusterEvent, normalise, type RawEvent } from "../../src/event/index.ts";
import type { ConfiguredSink } from "../../src/sink/index.ts";
import { runCommand } from "../cli/run-command.ts";

/** The folder of the cases, one folder for each tool. */
export const CASES = fileURLToPath(new URL("../fixtures/import/", import.meta.url));

/** An Event of a case, with the answer of a look-up of its object. */
export interface CaseEvent {
  readonly event: RawEvent;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** `tocsin import --json`, as far as tests look at it. */
export interface ImportAnswer {
  readonly tool: string;
  readonly summary: readonly string[];
  readonly receivers: Readonly<Record<string, number>>;
  readonly deliveries: Readonly<Record<string, number>>;
  readonly templates: { readonly found: number; readonly translated: number };
  readonly report: readonly {
    readonly code: string;
    readonly file: string;
    readonly line: number;
    readonly path: string;
    readonly did: string;
    readonly written: string;
    readonly decide: string;
  }[];
  readonly secrets: readonly { readonly path: string }[];
  readonly check: { readonly ok: boolean; readonly findings: readonly { readonly message: string }[] };
}

/** An import that was run: its answer, its files, and the configuration that was loaded from them. */
export interface ImportRun {
  readonly status: number;
  readonly answer: ImportAnswer;
  readonly files: Readonly<Record<string, string>>;
  readonly policy: Policy;
  readonly sinks: readonly ConfiguredSink[];
}

/** The names of the cases of a tool. */
export function casesOf(tool: string): readonly string[] {
  return readdirSync(join(CASES, tool)).toSorted();
}

/** The content of `expect.json` of a case; its tool's tests know the shape. */
export function expectationOf(tool: string, name: string): unknown {
  return JSON.parse(readFileSync(join(CASES, tool, name, "expect.json"), "utf8"));
}

/** The Events of a case. */
export function eventsOfCase(tool: string, name: string): readonly CaseEvent[] {
  // The fixtures have this shape.
  return JSON.parse(readFileSync(join(CASES, tool, name, "events.json"), "utf8")) as readonly CaseEvent[];
}

/** The input of a case: every YAML file of its folder. */
export function caseInputs(tool: string, name: string): readonly string[] {
  const folder = join(CASES, tool, name);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join(folder, file));
}

/** Runs `tocsin import` into a folder of its own and loads what it wrote. */
export async function runImport(argv: readonly string[], stdin = ""): Promise<ImportRun> {
  const out = mkdtempSync(join(tmpdir(), "tocsin-import-"));
  try {
    const { status, stdout, stderr } = await runCommand(["import", ...argv, "--json", "--out", out], {
      stdin,
    });
    expect(stderr).toBe("");
    // The shape is that of the command; the tests of it say so.
    const answer = JSON.parse(stdout) as ImportAnswer;
    const file = join(out, "tocsin.yaml");
    const { configuration, findings } = await loadConfiguration({ file, env: {}, cwd: out });
    if (configuration === undefined)
      throw new Error(`it does not load: ${JSON.stringify(findings, null, 1)}`);
    const paths = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const files = paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(out.length + 1), readFileSync(path, "utf8")] as const;
    });
    return {
      status,
      answer,
      files: Object.fromEntries(files),
      policy: configuration.policy,
      sinks: configuration.sinks,
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The Event as a running bridge would have it after a look-up. */
export function toClusterEvent({ event, labels, annotations }: CaseEvent): ClusterEvent {
  const raw = { ...event, metadata: { resourceVersion: "1", ...event.metadata } };
  const plain = normalise(raw, "imported");
  return { ...plain, involvedObject: { ...plain.involvedObject, labels, annotations } };
}

/** The sinks that get an Event, by the rules and forwards themselves. */
export function sinksOf(policy: Policy, event: ClusterEvent): readonly string[] {
  const ofRules = policy.rules.match(event).flatMap(({ sinks }) => sinks ?? []);
  const ofForwards = policy.forwards.match(event).flatMap(({ sinks }) => sinks);
  return [...new Set([...ofRules, ...ofForwards])].toSorted();
}

/** The record of a forward for an Event. */
export function recordOf(event: CaseEvent, cluster: string): EventRecord {
  return {
    version: "1",
    id: "1",
    kind: "event",
    forward: "all",
    cluster,
    receivedAt: "2026-03-02T09:00:00.000Z",
    delta: 1,
    event: toRecordEvent(toClusterEvent(event)),
  };
}
