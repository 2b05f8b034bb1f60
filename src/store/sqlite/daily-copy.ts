import type { Clock } from "../../lib/clock.ts";
import { errorText } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { Gauge, Metrics } from "../../lib/metrics.ts";
import { besideOf, copyTimeOf, removeDatabase } from "./beside.ts";
import { createCopyMetrics } from "./copy-metrics.ts";
import { type CopyOutcome, type CopyTask, makeCopy } from "./make-copy.ts";

const DAY_MS = 24 * 3_600_000;

/** Earliest copy after a start: a start has enough to do. */
const AFTER_START_MS = 10 * 60_000;

/** Copies of several bridges that started together are spread over this time. */
const SPREAD_MS = 30 * 60_000;

/** The settings of the daily copy. */
export interface CopyOptions {
  /** In [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
  /** Hears of each copy, made or not. */
  readonly onCopy?: ((outcome: CopyOutcome) => void) | undefined;
}

/** Collaborators of the daily copy. */
export interface DailyCopyDeps extends CopyOptions, Pick<CopyTask, "database" | "path"> {
  /** Hears that the check has found the file damaged. */
  readonly onDamage: (reason: string) => void;
  readonly isDamaged: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Copies the state file once a day: the first time soon after a start if there is no copy of the last day. */
export class DailyCopy {
  readonly #deps: DailyCopyDeps;
  readonly #copiedAt: Gauge;

  constructor(deps: DailyCopyDeps) {
    this.#deps = deps;
    this.#copiedAt = createCopyMetrics(deps.metrics, deps.isDamaged);
  }

  /** Until the signal aborts, or the state file is damaged. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, path } = this.#deps;
    let waitMs = this.#firstWait();
    try {
      // Of a process that was killed.
      removeDatabase(besideOf(path).unfinishedCopy);
      for (;;) {
        await clock.sleep(waitMs, signal);
        const outcome = await this.#copy(signal);
        if (outcome.kind === "damaged") return;
        waitMs = DAY_MS;
      }
    } catch (error) {
      if (!signal.aborted) this.#deps.log.error("the daily copy has ended", { error: errorText(error) });
    }
  }

  #firstWait(): number {
    const { path, clock, random } = this.#deps;
    const last = copyTimeOf(path);
    if (last !== undefined) this.#copiedAt.set(last / 1000);
    const untilDue = last === undefined ? 0 : last + DAY_MS - clock.now();
    return Math.min(DAY_MS, Math.max(AFTER_START_MS, untilDue)) + Math.floor(random() * SPREAD_MS);
  }

  async #copy(signal: AbortSignal): Promise<CopyOutcome> {
    const { clock, log, onCopy, onDamage } = this.#deps;
    const now = clock.now();
    const startedAt = clock.monotonic();
    const outcome = await makeCopy({ ...this.#deps, now, signal });
    if (outcome.kind === "made") {
      this.#copiedAt.set(now / 1000);
      log.info("the state file is checked and copied", {
        copy: besideOf(this.#deps.path).copy,
        bytes: outcome.bytes,
        ms: Math.round(clock.monotonic() - startedAt),
      });
    } else if (outcome.kind === "damaged") {
      onDamage(outcome.reason);
    } else {
      log.warn("no copy of the state file could be made; the last one stays", { reason: outcome.reason });
    }
    onCopy?.(outcome);
    return outcome;
  }
}
