import type { Configuration } from "../config/index.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import type { EventRing } from "../ring/index.ts";
import { documentOf } from "./document-of.ts";
import { playInThread } from "./play-in-thread.ts";
import { recordingOf } from "./recording-of.ts";
import { noTrial, type Trial } from "./trial.ts";

/** The bounds of a trial. */
export interface PlaygroundLimits {
  /** Milliseconds of the machine's clock. */
  readonly ms: number;
  /** Of JavaScript, MiB. */
  readonly heapMb: number;
  readonly events: number;
}

const LIMITS: PlaygroundLimits = { ms: 10_000, heapMb: 256, events: 20_000 };

/** Collaborators of the playground. */
export interface PlaygroundDeps {
  /** Says when a trial ends; its bound is real time, also where this clock is faster. */
  readonly clock: Pick<Clock, "now">;
  /** The one in use. */
  readonly configuration: () => Pick<Configuration, "policy" | "origin">;
  /** Undefined while this process has no engine. */
  readonly ring: () => Pick<EventRing, "lines"> | undefined;
  /** Ends a trial. */
  readonly signal: AbortSignal;
  readonly limits?: PlaygroundLimits;
}

/** Rules, and the Events to try them on. */
export interface TrialRequest {
  /** The text of a rule file. */
  readonly rules: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** Tries rules on the Events of the last hour, one trial at a time. It changes nothing, and nobody is told. */
export class Playground {
  readonly #deps: PlaygroundDeps;
  readonly #limits: PlaygroundLimits;
  #isBusy = false;

  constructor(deps: PlaygroundDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? LIMITS;
  }

  /** @returns "busy" while another trial runs. */
  async play(request: TrialRequest): Promise<Trial | "busy"> {
    if (this.#isBusy) return "busy";
    this.#isBusy = true;
    const { signal } = this.#deps;
    // The bound keeps a core of the machine free: a demo's minutes are no measure of that.
    using deadline = new Deadline(systemClock, this.#limits.ms, {
      reason: () => new TimeIsUp(this.#limits.ms),
      signal,
    });
    try {
      return await this.#play(request, deadline.signal);
    } catch (error) {
      return noTrial([{ level: "error", line: 0, path: "", message: this.#inWords(error) }]);
    } finally {
      this.#isBusy = false;
    }
  }

  async #play({ rules, since }: TrialRequest, signal: AbortSignal): Promise<Trial> {
    const { clock, configuration, ring } = this.#deps;
    const { events, heapMb } = this.#limits;
    const until = clock.now();
    const { policy, origin } = configuration();
    const current = ring();
    if (current === undefined)
      throw new TocsinError("ERR_USAGE", "another process has the Events; ask that one");
    const recording = await recordingOf(current, { since, most: events });
    const task = {
      triedRules: rules,
      document: documentOf({ origin }),
      baseDir: origin.baseDir,
      cluster: policy.cluster,
      until,
      ...recording,
    };
    return playInThread(task, { heapMb, signal });
  }

  #inWords(error: unknown): string {
    if (isOutOfMemory(error))
      return `ended, because the rules took more than ${this.#limits.heapMb} MiB of memory`;
    return errorText(error);
  }
}

class TimeIsUp extends Error {
  constructor(ms: number) {
    super(`ended after ${ms / 1000} s: try fewer Events, or simpler rules`);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
