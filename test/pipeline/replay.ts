import { readdirSync, readFileSync } from "node:fs";

import {
  Engine,
  type NewDelivery,
  NO_CHANGES,
  type OwnerRow,
  type Policy,
  silentObserver,
} from "../../src/alert/index.ts";
import type { Batch, RawEvent, SeenRow } from "../../src/event/index.ts";
import { formatDuration } from "../../src/lib/duration.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { sift } from "../../src/pipeline/occurrences.ts";
import { OwnerIndex } from "../../src/pipeline/owner-index.ts";
import { createPipelineMetrics } from "../../src/pipeline/pipeline-metrics.ts";
import { compileRules, loadReasonTable, readRuleFile } from "../../src/rule/index.ts";
import { makePolicy } from "../support/engine-bed.ts";

const PACK = new URL("../../rules/", import.meta.url);

/** How long the world goes on after the last line of a recording: every quiet timer has run out by then. */
const AFTERWARDS_MS = 3 * 3_600_000;

/** One line of a recorded watch. */
interface Line {
  readonly receivedAt: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: RawEvent;
}

/** The rules that ship, one sink that takes everything, and the default route. */
export function packPolicy(): Policy {
  const sources = readdirSync(PACK)
    .filter((file) => file.endsWith(".yaml") && !file.endsWith(".test.yaml"))
    .map((file) => readRuleFile(parseYaml(file, readFileSync(new URL(file, PACK), "utf8"))).source);
  const reasonRows = loadReasonTable(readFileSync(new URL("reasons/kubernetes.json", PACK), "utf8"));
  const { rules } = compileRules({ sources, reasonRows, cluster: "test", eventTtlMs: 3_600_000 });
  return { ...makePolicy({ rules: "rules: [{ name: it, match: { reason: X } }]" }), rules };
}

/** Plays a recorded watch to an engine in virtual time, as the pipeline would; answers what the sink was told. */
export async function replay(file: URL, policy: Policy): Promise<readonly string[]> {
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    // Written by this project from genuine watch lines.
    .map((line) => JSON.parse(line) as Line);
  const start = Date.parse(lines[0]?.receivedAt ?? "");
  const world = new World(policy, start);
  for (const { receivedAt, type, object } of lines) {
    // The source hands on no DELETED: an Event's end says nothing.
    if (type !== "DELETED") await world.observe(object, Date.parse(receivedAt));
  }
  world.until(Date.parse(lines.at(-1)?.receivedAt ?? "") + AFTERWARDS_MS);
  return world.told;
}

/** What source, pipeline and store are to the engine, in memory. */
class World {
  readonly told: string[] = [];
  readonly #engine: Engine;
  readonly #policy: Policy;
  readonly #start: number;
  readonly #seen = new Map<string, SeenRow>();
  readonly #ownerRows = new Map<string, OwnerRow>();
  readonly #owners = new OwnerIndex({ owners: () => Promise.resolve(this.#ownerRows) });
  readonly #metrics = createPipelineMetrics(new Metrics(), () => undefined);
  #ids = 0;

  constructor(policy: Policy, start: number) {
    this.#policy = policy;
    this.#start = start;
    this.#engine = new Engine({
      policy,
      state: { alerts: [], groups: [], rules: [], silences: [] },
      observer: {
        ...silentObserver,
        fault: (error) => {
          throw error;
        },
      },
      newId: () => `id-${++this.#ids}`,
      now: start,
    });
    this.#step({ kind: "policy", policy }, start);
    this.#step({ kind: "live" }, start);
  }

  async observe(raw: RawEvent, now: number): Promise<void> {
    this.until(now);
    const batch: Batch = {
      observations: [{ raw }],
      via: "watch",
      position: undefined,
      scope: "core/",
      epoch: 0,
      coverageStartAt: this.#start - 60_000,
      historyBefore: undefined,
      listEnds: false,
      receivedAt: now,
    };
    const { occurrences, seen, owners, learned } = await sift(batch, {
      policy: this.#policy,
      engine: this.#engine,
      store: { seen: () => Promise.resolve(this.#seen) },
      owners: this.#owners,
      learnsOwners: true,
      eventTtlMs: 3_600_000,
      metrics: this.#metrics,
      readUpTo: undefined,
      completeSince: this.#start,
      onMalformed: (error) => {
        throw error;
      },
    });
    for (const row of seen) this.#seen.set(row.lineage, row);
    for (const row of owners) this.#ownerRows.set(row.object, row);
    this.#step({ kind: "occurrences", occurrences, learned, listing: false }, now);
  }

  /** Lets timers run up to an instant. */
  until(end: number): void {
    for (let due = this.#engine.nextDueAt(); due !== undefined && due <= end; due = this.#engine.nextDueAt())
      this.#step({ kind: "timers" }, due);
  }

  #step(input: Parameters<Engine["step"]>[0], now: number): void {
    const { deliveries } = { ...NO_CHANGES, ...this.#engine.step(input, now) };
    for (const delivery of deliveries) this.#deliver(delivery, now);
  }

  #deliver({ id, sink, groupKey, notification }: NewDelivery, now: number): void {
    const { kind, severity, title, occurrences, alerts } = notification;
    const after = formatDuration(now - this.#start);
    const objects = alerts.reduce((sum, alert) => sum + alert.objects.length + alert.objectsOmitted, 0);
    const [text = ""] = notification.text.split("\n");
    this.told.push(
      `${after}: ${kind} (${severity}) ${title}`,
      `    ${occurrences} x ${objects} ${objects === 1 ? "object" : "objects"}: ${text.slice(0, 160)}`,
    );
    const outcome = { id, sink, groupKey, kind, outcome: "delivered", firing: [], at: now } as const;
    this.#step({ kind: "outcomes", outcomes: [outcome] }, now);
  }
}
