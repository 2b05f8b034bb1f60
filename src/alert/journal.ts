import type { EntityKindName } from "./entity-kinds.ts";
import type { Entity, EntityChanges } from "./entity.ts";

/** The changed states of one kind since the last `drain`; each key once. */
export class Journal<State> {
  readonly #kind: EntityKindName;
  readonly #toEntity: (state: State) => Entity;
  /** Keyed by entity key; undefined for a forgotten state. */
  readonly #changes = new Map<string, State | undefined>();

  /** @param toEntity Makes the entity of a state; called by `drain`. */
  constructor(kind: EntityKindName, toEntity: (state: State) => Entity) {
    this.#kind = kind;
    this.#toEntity = toEntity;
  }

  /** Records a new or changed state. @param key Of its entity. */
  put(key: string, state: State): void {
    this.#changes.set(key, state);
  }

  /** Records that a state was forgotten. */
  forget(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** The changes since the last call. */
  drain(): EntityChanges {
    if (this.#changes.size === 0) return NOTHING;
    const put: Entity[] = [];
    const forget: EntityChanges["forget"][number][] = [];
    for (const [key, state] of this.#changes) {
      if (state === undefined) forget.push({ kind: this.#kind, key });
      else put.push(this.#toEntity(state));
    }
    this.#changes.clear();
    return { put, forget };
  }
}

const NOTHING: EntityChanges = { put: [], forget: [] };
