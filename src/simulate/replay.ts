import type { AlertState, Policy } from "../alert/index.ts";
import type { Finding } from "../lib/finding.ts";
import { readRecording } from "./recording.ts";
import { Simulation, type SimulatedMessage, type RuleCount } from "./simulation.ts";

/** Virtual time after the last Event: every problem that ends by quiet has ended by then. */
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
  /** Called now and then with the number of Events so far. */
  readonly onProgress?: (events: number) => void;
}

/** The result of a replay. */
export interface Replayed {
  readonly events: number;
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

/** Plays a recording to the rules in virtual time. */
export async function replayRecording(input: ReplayInput): Promise<Replayed> {
  const { file, chunks, policy, learnsOwners, eventTtlMs, onFinding, onProgress } = input;
  let simulation: Simulation | undefined;
  let from: number | undefined;
  let to = 0;
  for await (const { raw, at } of readRecording(file, chunks, onFinding)) {
    simulation ??= new Simulation({ policy, startAt: at, learnsOwners, eventTtlMs });
    from ??= at;
    to = at;
    await simulation.observe(raw, at);
    if (simulation.events % PROGRESS_EVERY === 0) onProgress?.(simulation.events);
  }
  if (simulation === undefined) return NOTHING;
  simulation.until(to + AFTERWARDS_MS);
  const { events, matched, messages, perRule, suppressed, faults } = simulation;
  return { events, matched, from, to, messages, perRule, suppressed, firing: simulation.firing(), faults };
}
