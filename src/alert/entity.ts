import type { AlertState } from "./state.ts";

/** Names one kept piece of the engine's state. */
export interface EntityKey {
  /** A name of `ENTITY_KINDS`. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly key: string;
}

/** What lists of alerts are filtered and ordered by. */
export type EntityColumns = Pick<AlertState, "rule" | "severity" | "phase" | "openedAt"> & {
  /** "" for objects without one. */
  readonly namespace: string;
  /** That the alert goes to. */
  readonly sinks: readonly string[];
  /** Keys of the groups that the alert is in. */
  readonly groups: readonly string[];
};

/** One kept piece of the engine's state, as a store writes and reads it: it looks into `columns` only. */
export interface Entity extends EntityKey {
  /** Of the shape of `state`; the newest is 1 more than its kind has upgrades. */
  readonly version: number;
  /** "" for what belongs to no single cluster. */
  readonly cluster: string;
  /** Plain data, JSON without loss. */
  readonly state: unknown;
  /** Undefined for what nobody lists: other kinds, and alerts that are kept only as the cause of others. */
  readonly columns: EntityColumns | undefined;
}

/** An entity as a store gives it back. */
export type StoredEntity = Pick<Entity, "kind" | "version" | "state">;

/** The entities that one step of the engine changed; each key stands in at most one of the two. */
export interface EntityChanges {
  readonly put: readonly Entity[];
  readonly forget: readonly EntityKey[];
}

/** Changes of several books as one. */
export function joinEntityChanges(all: readonly EntityChanges[]): EntityChanges {
  return { put: all.flatMap(({ put }) => put), forget: all.flatMap(({ forget }) => forget) };
}
