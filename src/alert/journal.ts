import type { EntityKindName } from "./entity-kinds.ts";
import type { Entity, EntityChanges } from "./entity.ts";

/** What has changed of the states of one kind since the store was told last; each key once. */
export class Journal<State> {
  readonly #kind: EntityKindName;
  readonly #toEntity: (state: State) => Entity;
  /** Undefined: the state is gone. */
  readonly #changes = new Map<string, State | undefined>();

  /** @param toEntity What the store is to keep of a state; asked when changes are drained. */
  constructor(kind: EntityKindName, toEntity: (state: State) => Entity) {
    this.#kind = kind;
    this.#toEntity = toEntity;
  }

  /** A state is new, or another one than before. @param key Of its entity. */
  put(key: string, state: State): void {
    this.#changes.set(key, state);
  }

  /** A state is gone. */
  forget(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** Everything since the last call. */
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
