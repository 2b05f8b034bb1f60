import type { Clock } from "../lib/clock.ts";
import { errorText, isFenced } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { EngineStore } from "../store/index.ts";
import { DeletedObjects } from "./deleted-objects.ts";
import type { DurableEngine } from "./durable-engine.ts";
import type { StateLookUp } from "./fact-inputs.ts";
import type { LookUp } from "./ingest.ts";

const EVERY_MS = 60_000;

/** Collaborators of the housekeeping. */
export interface HousekeepingDeps {
  readonly store: Pick<EngineStore, "trim">;
  readonly engine: DurableEngine;
  readonly lookUp: LookUp | undefined;
  readonly stateLookUp?: StateLookUp | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The work of each minute: forgets expired rows, and finds deleted objects of alerts. */
export class Housekeeping {
  readonly #deps: HousekeepingDeps;
  readonly #deleted: DeletedObjects | undefined;

  constructor(deps: HousekeepingDeps) {
    this.#deps = deps;
    const besideStates = deps.stateLookUp !== undefined;
    this.#deleted = deps.lookUp && new DeletedObjects(deps.lookUp, { besideStates });
  }

  /** Calls `onDue` each minute until the signal aborts. Never rejects. */
  async repeat(onDue: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#deps.clock.sleep(EVERY_MS, signal).catch(() => undefined);
      if (!signal.aborted) onDue();
    }
  }

  /** Does the work of one minute. @throws {TocsinError} As a step of the engine does. */
  async run(): Promise<void> {
    await this.#trim();
    await this.#resolveDeleted();
  }

  async #trim(): Promise<void> {
    const { store, clock, log } = this.#deps;
    try {
      await store.trim(clock.now());
    } catch (error) {
      if (isFenced(error)) throw error;
      log.warn("housekeeping of the store failed", { error: errorText(error) });
    }
  }

  async #resolveDeleted(): Promise<void> {
    const { engine, clock } = this.#deps;
    const objects = await this.#deleted?.find(engine.engine.alerts(), clock.monotonic());
    if (objects !== undefined && objects.length > 0) await engine.step({ kind: "gone", objects });
  }
}
