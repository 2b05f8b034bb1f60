import type { Clock } from "../../lib/clock.ts";
import type { EventsApi } from "../events-api/events-api.ts";
import { type Chapter, type Scenario, type Step, STORY_START } from "./scenario.ts";
import { shiftTimes } from "./shift-times.ts";

/** A scenario, its target and its callbacks. */
export interface PlayOptions {
  readonly scenario: Scenario;
  readonly api: EventsApi;
  /** Story time is this clock's time: a faster clock plays faster. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onChapter: (chapter: Chapter) => void;
}

/**
 * Writes the recorded Events of a scenario as if they happened from now on, each at its time, with all times inside
 * them shifted. Resolves at the scenario's end, or at once when the signal aborts.
 */
export async function playScenario(options: PlayOptions): Promise<void> {
  const { scenario, clock, signal } = options;
  const startedAt = clock.now();
  for (const step of scenario.steps) {
    await waitUntil(clock, startedAt + step.at, signal);
    if (signal.aborted) return;
    play(step, startedAt - STORY_START, options);
  }
  await waitUntil(clock, startedAt + scenario.durationMs, signal);
}

function play(step: Step, shiftMs: number, { api, onChapter }: PlayOptions): void {
  if ("chapter" in step) onChapter(step);
  // A shifted object is an object.
  else if ("event" in step) api.record(shiftTimes(step.event, shiftMs) as object);
  else api.patch(step.namespace, step.name, shiftTimes(step.patch, shiftMs) as object);
}

/** Returns early when the signal aborts. */
async function waitUntil(clock: Clock, dueAt: number, signal: AbortSignal): Promise<void> {
  const ms = dueAt - clock.now();
  if (ms <= 0 || signal.aborted) return;
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
