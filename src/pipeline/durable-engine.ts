import {
  type Changes,
  Engine,
  type EngineInput,
  type EngineOptions,
  type Inquiry,
  NO_CHANGES,
} from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { EngineStore, RefusedRecords } from "../store/index.ts";
import { CarriedRows } from "./carried-rows.ts";
import type { PipelineMetrics } from "./pipeline-metrics.ts";

/** How long positions and owners may wait for company. */
const CARRY_MS = 1000;

/** Collaborators of a durable engine. */
export interface DurableEngineDeps {
  readonly store: Pick<EngineStore, "commit">;
  /** Called after each commit, before the next one. */
  readonly onCommitted: (changes: Changes) => void;
  /** Called when records had no room in the store and were dropped. */
  readonly onRefused: (records: RefusedRecords) => void;
  /** Called with the inquiries of a step, when what it concluded is stored. */
  readonly onInquiries: (inquiries: readonly Inquiry[]) => void;
  /** Rows have waited long enough: `flush` is to be called. */
  readonly onFlushDue: () => void;
  readonly metrics: Pick<PipelineMetrics, "commitSeconds">;
  readonly clock: Clock;
}

/** The rows of a commit that do not come from the engine. */
export type OtherRows = Partial<Pick<Changes, "seen" | "owners" | "positions" | "doneCommands">>;

/**
 * An engine whose every conclusion is stored before the next step: one step, one commit. A step that concludes nothing
 * leaves its positions and owners for the commit of a later one, since what is stored may be behind what was read, but
 * never ahead.
 */
export class DurableEngine {
  readonly engine: Engine;
  readonly #deps: DurableEngineDeps;
  readonly #carried = new CarriedRows();
  #cancelFlush: (() => void) | undefined;

  constructor(options: EngineOptions, deps: DurableEngineDeps) {
    this.engine = new Engine(options);
    this.#deps = deps;
  }

  /**
   * Resolves when the conclusions and the other rows are stored; positions and owners alone may wait. One call at a time.
   *
   * @throws As `commit` does.
   */
  async step(input: EngineInput, rows: OtherRows = {}): Promise<void> {
    const concluded = this.engine.step(input, this.#deps.clock.now());
    const { seen, owners, positions, doneCommands } = { ...NO_CHANGES, ...rows };
    this.#carried.add(positions, owners);
    const changes = { ...concluded, seen, doneCommands };
    if (!isEmpty(changes) || this.#carried.isFull) await this.#commit(changes);
    else if (!this.#carried.isEmpty) this.#awaitCompany();
    if (concluded.inquiries.length > 0) this.#deps.onInquiries(concluded.inquiries);
  }

  /** Stores what waits. Not during a step. @throws As `commit` does. */
  async flush(): Promise<void> {
    if (!this.#carried.isEmpty) await this.#commit(NO_CHANGES);
  }

  /** Stores what waits when owners are among it. Not during a step. @throws As `commit` does. */
  async flushOwners(): Promise<void> {
    if (this.#carried.hasOwners) await this.#commit(NO_CHANGES);
  }

  /** Ends the wait; what waits is lost unless it was flushed. */
  close(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
  }

  #awaitCompany(): void {
    this.#cancelFlush ??= this.#deps.clock.after(CARRY_MS, () => {
      this.#cancelFlush = undefined;
      this.#deps.onFlushDue();
    });
  }

  async #commit(conclusions: Changes): Promise<void> {
    const { store, clock, metrics, onCommitted, onRefused } = this.#deps;
    this.close();
    const changes = { ...conclusions, ...this.#carried.drain() };
    const startedAt = clock.monotonic();
    const refused = await store.commit(changes);
    metrics.commitSeconds.observe((clock.monotonic() - startedAt) / 1000);
    onCommitted(changes);
    if (refused.size > 0) onRefused(refused);
  }
}

/** Whether nothing is to be stored: no store keeps inquiries. */
function isEmpty(changes: Changes): boolean {
  const { entities, ...rows } = { ...changes, inquiries: [] };
  const lists: readonly (readonly unknown[])[] = [entities.put, entities.forget, ...Object.values(rows)];
  return lists.every((list) => list.length === 0);
}
