import { type Changes, Engine, type EngineInput, type EngineOptions, NO_CHANGES } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { EngineStore } from "../store/index.ts";
import type { PipelineMetrics } from "./pipeline-metrics.ts";

/** Collaborators of a durable engine. */
export interface DurableEngineDeps {
  readonly store: Pick<EngineStore, "commit">;
  /** Called after each commit, before the next one. */
  readonly onCommitted: (changes: Changes) => void;
  readonly metrics: Pick<PipelineMetrics, "commitSeconds">;
  readonly clock: Clock;
}

/** The rows of a commit that do not come from the engine. */
export type OtherRows = Partial<Pick<Changes, "seen" | "owners" | "positions" | "doneCommands">>;

/** An engine whose every step is stored before the next one: one step, one commit. */
export class DurableEngine {
  readonly engine: Engine;
  readonly #deps: DurableEngineDeps;

  constructor(options: EngineOptions, deps: DurableEngineDeps) {
    this.engine = new Engine(options);
    this.#deps = deps;
  }

  /** Resolves when the conclusions and the other rows are stored. One call at a time. @throws As `commit` does. */
  async step(input: EngineInput, rows: OtherRows = {}): Promise<void> {
    const { clock, onCommitted } = this.#deps;
    const concluded = this.engine.step(input, clock.now());
    const { seen, owners, positions, doneCommands } = { ...NO_CHANGES, ...rows };
    const changes = { ...concluded, seen, owners, positions, doneCommands };
    if (isEmpty(changes)) return;
    await this.#commit(changes);
    onCommitted(changes);
  }

  async #commit(changes: Changes): Promise<void> {
    const { store, clock, metrics } = this.#deps;
    const startedAt = clock.monotonic();
    await store.commit(changes);
    metrics.commitSeconds.observe((clock.monotonic() - startedAt) / 1000);
  }
}

function isEmpty({ entities, ...rows }: Changes): boolean {
  const lists: readonly (readonly unknown[])[] = [entities.put, entities.forget, ...Object.values(rows)];
  return lists.every((list) => list.length === 0);
}
