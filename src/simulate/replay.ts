import type { AlertState, Policy } from "../alert/index.ts";
import { ObjectKey } from "../event/index.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { lookAhead } from "./look-ahead.ts";
import type { Recorded } from "./recorded.ts";
import { readRecording } from "./recording.ts";
import { Simulation, type SimulatedMessage, type RuleCount } from "./simulation.ts";
import { VirtualObjects } from "./virtual-objects.ts";

/** Virtual time after the last Event, unless told otherwise: every problem that ends by quiet has ended by then. */
const AFTERWARDS_MS = 60 * 60_000;

/** A recording and its configuration. */
export interface ReplayInput {
  /** Its name in findings. */
  readonly file: string;
  readonly chunks: AsyncIterable<string>;
  readonly policy: Policy;
  readonly learnsOwners: boolean;
  /** Milliseconds. */
  readonly eventTtlMs: number;
  readonly onFinding: (finding: Finding) => void;
  /**
   * Epoch milliseconds: virtual time ends here, and what came later is left out. An hour after the last Event by
   * default, so that what has gone quiet has ended.
   */
  readonly until?: number | undefined;
  /** The rules that `matched` is about; all by default. */
  readonly counted?: ReadonlySet<string> | undefined;
  /** Called now and then with the number of Events so far. */
  readonly onProgress?: (events: number) => void;
}

/** The result of a replay. */
export interface Replayed {
  readonly events: number;
  /** Event states that a rule matched. */
  readonly matched: number;
  /** Epoch milliseconds of the first and the last Event; undefined without one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly messages: readonly SimulatedMessage[];
  readonly perRule: ReadonlyMap<string, RuleCount>;
  readonly suppressed: ReadonlyMap<string, number>;
  /** Alerts that fire at the end. */
  readonly firing: readonly AlertState[];
  readonly faults: ReadonlySet<string>;
}

const NOTHING: Replayed = {
  events: 0,
  matched: 0,
  from: undefined,
  to: undefined,
  messages: [],
  perRule: new Map(),
  suppressed: new Map(),
  firing: [],
  faults: new Set(),
};

const PROGRESS_EVERY = 50_000;

/** Lines in which the first state has to come, for a recording may be larger than the memory. */
const MOST_AHEAD = 10_000;

/**
 * Plays a recording to the rules in virtual time. States of objects in it are what look-ups find from then on; without
 * one nothing is looked up.
 */
export async function replayRecording(input: ReplayInput): Promise<Replayed> {
  const { file, chunks, policy, learnsOwners, eventTtlMs, counted, until, onFinding, onProgress } = input;
  const recording = upTo(until ?? Infinity, readRecording(file, chunks, onFinding));
  const { found, all } = await lookAhead(recording, (each) => "found" in each, MOST_AHEAD);
  const objects = found ? new VirtualObjects() : undefined;
  let isLate = false;
  let simulation: Simulation | undefined;
  let from: number | undefined;
  let to = 0;
  for await (const each of all) {
    const { at } = each;
    if ("found" in each) {
      objects?.set(ObjectKey.format({ ...each.object, cluster: policy.cluster }), at, each.found);
      if (objects === undefined && !isLate) onFinding(errorIn(file, LATE));
      isLate ||= objects === undefined;
      continue;
    }
    simulation ??= new Simulation({ policy, startAt: at, learnsOwners, eventTtlMs, objects, counted });
    from ??= at;
    to = at;
    await simulation.observe(each.raw, at);
    if (simulation.events % PROGRESS_EVERY === 0) onProgress?.(simulation.events);
  }
  if (simulation === undefined) return NOTHING;
  simulation.until(until ?? to + AFTERWARDS_MS);
  const { events, matched, messages, perRule, suppressed, faults } = simulation;
  return { events, matched, from, to, messages, perRule, suppressed, firing: simulation.firing(), faults };
}

const LATE = `the first state of an object comes after ${MOST_AHEAD} lines, so none is used; put one at the beginning`;

/** The part of a recording up to a time. @param end Epoch milliseconds. */
async function* upTo(end: number, recording: AsyncIterable<Recorded>): AsyncGenerator<Recorded> {
  for await (const each of recording) {
    if (each.at > end) return;
    yield each;
  }
}
