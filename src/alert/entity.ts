import type { AlertState } from "./state.ts";

/** Names one kept piece of the engine's state. */
export interface EntityKey {
  /** A name of `ENTITY_KINDS`. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly key: string;
}

/** The values by which lists of alerts are filtered and ordered. */
export type EntityColumns = Pick<AlertState, "rule" | "severity" | "phase" | "openedAt"> & {
  /** "" for objects without one. */
  readonly namespace: string;
  /** Sinks that the alert goes to. */
  readonly sinks: readonly string[];
  /** Keys of the groups that the alert is in. */
  readonly groups: readonly string[];
};

/** One kept piece of the engine's state. A store reads only `columns` of it. */
export interface Entity extends EntityKey {
  /** Version of the shape of `state`; the newest is 1 more than the number of upgrades of its kind. */
  readonly version: number;
  /** "" for a state that belongs to no single cluster. */
  readonly cluster: string;
  /** Plain data, JSON without loss. */
  readonly state: unknown;
  /** Undefined for states that no list shows: other kinds, and tombstones of alerts. */
  readonly columns: EntityColumns | undefined;
}

/** An entity as a store gives it back. */
export type StoredEntity = Pick<Entity, "kind" | "version" | "state">;

/** The entities that one step of the engine changed; each key stands in at most one of the two. */
export interface EntityChanges {
  readonly put: readonly Entity[];
  readonly forget: readonly EntityKey[];
}

/** Joins the changes of several books. */
export function joinEntityChanges(all: readonly EntityChanges[]): EntityChanges {
  return { put: all.flatMap(({ put }) => put), forget: all.flatMap(({ forget }) => forget) };
}
