import type { StoredEntity } from "../../src/alert/index.ts";
import type { EngineStore } from "../../src/store/index.ts";

/** All entities of a store, in the order in which it hands them over. */
export async function loadEntities(store: EngineStore): Promise<readonly StoredEntity[]> {
  const entities: StoredEntity[] = [];
  await store.load((step) => entities.push(...step));
  return entities;
}
