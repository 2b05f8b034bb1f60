import { toAlertRow } from "../../src/alert/alert-rows.ts";
import {
  ENTITY_KINDS,
  type EntityKindName,
  type EntityStates,
  toEntity,
} from "../../src/alert/entity-kinds.ts";
import type { EntityChanges } from "../../src/alert/entity.ts";
import type { AlertState } from "../../src/alert/state.ts";

/** The changes of one kind: new states, and keys of forgotten states. */
export interface KindChanges<State> {
  readonly put: readonly State[];
  readonly forget: readonly string[];
}

/** The changes of all kinds as a store writes them. */
export function toEntityChanges(changes: {
  readonly [Kind in EntityKindName]?: KindChanges<EntityStates[Kind]>;
}): EntityChanges {
  // The keys of a mapped type are those of its kinds.
  const kinds = Object.keys(ENTITY_KINDS) as EntityKindName[];
  const all = kinds.map((kind) => ofKind(kind, changes[kind]));
  return { put: all.flatMap(({ put }) => put), forget: all.flatMap(({ forget }) => forget) };
}

/** The changes that keep these whole alerts. @param forget Fingerprints of others. */
export function alertChanges(alerts: readonly AlertState[], forget: readonly string[] = []): EntityChanges {
  return toEntityChanges({
    alert: { put: alerts.map(toAlertRow), forget },
    event: {
      put: alerts.map(({ fingerprint, event, sources }) => ({ fingerprint, event, sources })),
      forget,
    },
    member: {
      put: alerts.flatMap(({ fingerprint, members }) =>
        members.map((member, index) => ({ fingerprint, index, member })),
      ),
      forget: [],
    },
  });
}

/** Both changes as one. */
export function together(...all: readonly EntityChanges[]): EntityChanges {
  return { put: all.flatMap(({ put }) => put), forget: all.flatMap(({ forget }) => forget) };
}

/** The states of one kind among changes, and the keys of those that are gone. */
export function changesOf<Kind extends EntityKindName>(
  kind: Kind,
  { put, forget }: EntityChanges,
): KindChanges<EntityStates[Kind]> {
  return {
    // A state of a kind has the shape of the kind.
    put: put.filter((entity) => entity.kind === kind).map(({ state }) => state as EntityStates[Kind]),
    forget: forget.filter((entity) => entity.kind === kind).map(({ key }) => key),
  };
}

function ofKind<Kind extends EntityKindName>(
  kind: Kind,
  { put, forget }: KindChanges<EntityStates[Kind]> = { put: [], forget: [] },
): EntityChanges {
  return {
    put: put.map((state) => toEntity(kind, state)),
    forget: forget.map((key) => ({ kind, key })),
  };
}
