import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { PipelineStatus } from "./pipeline-options.ts";

/** Texts that the log remembers. Faults with further texts are only counted in the metrics. */
const MOST_TEXTS = 100;

/**
 * Logs faults of single Events, rules and occurrences. A fault comes with every Event of its kind, so each text is
 * logged once.
 */
export class FaultLog {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #logged = new Set<string>();
  #malformed: PipelineStatus["malformed"];

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The last Event that could not be read. */
  get malformed(): PipelineStatus["malformed"] {
    return this.#malformed;
  }

  recordMalformed(error: unknown): void {
    this.#malformed = { at: this.#clock.now(), error: errorText(error) };
    this.#warnOnce("an event is malformed and was left out", error);
  }

  /** Logs that the engine could not handle an occurrence, or that a text of a rule failed. */
  recordFault(error: unknown): void {
    this.#warnOnce("an occurrence was not taken in as it should be", error);
  }

  #warnOnce(message: string, error: unknown): void {
    const text = errorText(error);
    if (this.#logged.has(text) || this.#logged.size >= MOST_TEXTS) return;
    this.#logged.add(text);
    this.#log.warn(message, { error: text });
  }
}
