import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Changes, liveStateFrom, NO_CHANGES, standingOf } from "../../src/alert/index.ts";
import { normalise, observe } from "../../src/event/index.ts";
import { explainEvent } from "../../src/explain/index.ts";
import { AlertCounts, createStateGauges } from "../../src/feed/index.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { type EngineBed, START } from "../support/engine-bed.ts";
import { toRawEvent } from "../support/event-sketch.ts";
import { rounds } from "../support/rounds.ts";
import { PARTS, type Step, stories, Telling } from "./stories.ts";

const HOUR_MS = 3_600_000;

/** One Event for each rule and kind of object in a story, a counter-event, and one that nothing wants. */
const EVENTS = (
  [
    ["BackOff", "shop/Pod/web-1"],
    ["FailedMount", "shop/Pod/db-1"],
    ["Pulled", "shop/Pod/web-2"],
    ["NodeNotReady", "/Node/n1"],
    ["OOMKilling", "/Node/n2"],
    ["Unheard", "shop/Pod/web-1"],
  ] as const
).map(([reason, object], index) =>
  toRawEvent({ reason, object }, { now: START, version: index + 1, before: () => undefined }),
);

/** Asks everything that the API, the metrics, the pipeline and `explain` ask of an engine. */
async function askEverything({ engine, now: second, policy }: EngineBed): Promise<void> {
  const now = START + second * 1000;
  const alerts = [...engine.alerts()];
  const groups = [...engine.groups()];
  const silences = engine.silences.all();
  expect(engine.silences.isFull).toBe(false);
  engine.nextDueAt();
  for (const alert of alerts) {
    engine.seenState(alert.fingerprint, now);
    // At other times a silence or a mute timing may hold it back.
    for (const at of [now, now + HOUR_MS, now + 12 * HOUR_MS]) engine.conditionOf(alert, at);
    engine.messagesToCome(alert, now);
    engine.isWorkload(`Pod/${alert.labels["namespace"]}/web-1`);
  }
  for (const { id } of silences) {
    const silence = engine.silences.get(id);
    if (silence !== undefined) standingOf(silence, now);
  }
  const live = liveStateFrom(policy, { alerts, groups, silences });
  const owners = { ownersOf: () => ["ReplicaSet/web-7f"], nodeOf: () => "n1" };
  for (const raw of EVENTS) {
    for (const couldResolve of [true, false]) engine.awaits(observe(raw, "test"), couldResolve);
    explainEvent(policy, normalise(raw, "test"), { live, owners, now });
  }
  await scrape(engine, now);
}

/** Reads the gauges of `/metrics`. */
async function scrape(engine: EngineBed["engine"], now: number): Promise<void> {
  const metrics = new Metrics();
  const alerts = new AlertCounts(engine);
  const state = { alerts, groups: () => engine.groups(), silences: () => engine.silences.all() };
  createStateGauges(
    metrics,
    () => state,
    () => now,
  );
  expect(await metrics.text()).toContain("tocsin_alerts{");
}

/** Everything that an engine put out: what is stored, what is sent, what is counted. */
function outputOf({ bed }: Telling) {
  const { changes, counted, heldBack, transitions } = bed;
  return { changes: changes.filter(hasContent), counted, heldBack, transitions };
}

function hasContent(changes: Changes): boolean {
  const { entities, ...others } = changes;
  return entities.put.length + entities.forget.length + Object.values(others).flat().length > 0;
}

describe("questions", () => {
  it("change nothing: the next step finds nothing to store, and the story goes on as if nobody had asked", async () => {
    const { flow, restart, reload, learn, silence, deliver } = PARTS;
    const story = stories(flow, restart, reload, learn, silence, silence, deliver);
    const property = fc.asyncProperty(story, async (steps: readonly Step[]) => {
      const asked = new Telling({ manual: true });
      for (const step of steps) {
        asked.tell([step]);
        await askEverything(asked.bed);
        const next = asked.bed.step({ kind: "occurrences", occurrences: [], learned: [] });
        expect(next).toEqual(NO_CHANGES);
      }
      const unasked = new Telling({ manual: true }).tell(steps);
      expect(outputOf(asked.end())).toEqual(outputOf(unasked.end()));
    });
    await fc.assert(property, { numRuns: rounds(100) });
  });
});
