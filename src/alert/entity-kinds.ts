import { ObjectKey } from "../event/index.ts";
import type { AbsenceState } from "./absence.ts";
import { AlertColumns } from "./alert-columns.ts";
import { type AlertRow, type EventRow, type MemberRow, memberRowKey, type OmittedRow } from "./alert-rows.ts";
import type { Entity, EntityColumns } from "./entity.ts";
import type { ComingsState, PastEndsState } from "./past.ts";
import type { Silence } from "./silence.ts";
import type { SinkLoad } from "./sink-load.ts";
import type { GroupState, RuleRow } from "./state.ts";

/** Turns a state of one version into one of the next. Only upgrades know the shapes of old versions. */
export type Upgrade = (state: unknown) => unknown;

/** How the states of one kind become entities. */
export interface EntityKind<State> {
  /** Entry n turns version n + 1 into version n + 2. A released entry is never edited; new ones are added. */
  readonly upgrades: readonly Upgrade[];
  /** Unique within the kind, and the same for the whole life of the state. */
  readonly keyOf: (state: State) => string;
  /** "" for states that belong to no single cluster. */
  readonly clusterOf: (state: State) => string;
  /** Undefined for kinds, and for states, that no list shows. */
  readonly columnsOf?: (state: State) => EntityColumns | undefined;
}

/** The kept states of the engine, by kind. */
export interface EntityStates {
  readonly alert: AlertRow;
  readonly member: MemberRow;
  readonly event: EventRow;
  readonly omitted: OmittedRow;
  readonly group: GroupState;
  readonly rule: RuleRow;
  readonly load: SinkLoad;
  readonly silence: Silence;
  readonly absence: AbsenceState;
  readonly pastEnds: PastEndsState;
  readonly comings: ComingsState;
}

/** The name of a kind of entity. */
export type EntityKindName = keyof EntityStates;

const ofNoCluster = (): string => "";

/**
 * All kinds. A new kind needs a line here, in `EntityStates` and in `EngineState`, and a journal in the book that has
 * it.
 */
export const ENTITY_KINDS: { readonly [Kind in EntityKindName]: EntityKind<EntityStates[Kind]> } = {
  alert: {
    upgrades: [],
    keyOf: (alert) => alert.fingerprint,
    clusterOf: clusterOfAlert,
    columnsOf: (alert) => (alert.isTombstone ? undefined : new AlertColumns(alert)),
  },
  member: {
    upgrades: [],
    keyOf: ({ fingerprint, member }) => memberRowKey(fingerprint, member),
    clusterOf: ({ member }) => ObjectKey.parse(member.key).cluster,
  },
  event: { upgrades: [], keyOf: ({ fingerprint }) => fingerprint, clusterOf: ({ event }) => event.cluster },
  omitted: { upgrades: [], keyOf: ({ fingerprint }) => fingerprint, clusterOf: ({ cluster }) => cluster },
  group: { upgrades: [], keyOf: (group) => group.key, clusterOf: ofNoCluster },
  rule: { upgrades: [], keyOf: (row) => row.name, clusterOf: ofNoCluster },
  load: { upgrades: [omittedByAddressee], keyOf: (load) => load.sink, clusterOf: ofNoCluster },
  silence: { upgrades: [], keyOf: (silence) => silence.id, clusterOf: ofNoCluster },
  absence: {
    upgrades: [],
    keyOf: ({ fingerprint }) => fingerprint,
    clusterOf: ({ event }) => event.cluster,
  },
  pastEnds: { upgrades: [], keyOf: ({ fingerprint }) => fingerprint, clusterOf: ({ cluster }) => cluster },
  comings: { upgrades: [], keyOf: ({ key }) => key, clusterOf: ({ cluster }) => cluster },
};

/** The cluster of an alert. */
export function clusterOfAlert({ labels }: Pick<AlertRow, "labels">): string {
  return labels["cluster"] ?? "";
}

/** Makes the entity of a state. */
export function toEntity<Kind extends EntityKindName>(kind: Kind, state: EntityStates[Kind]): Entity {
  const { upgrades, keyOf, clusterOf, columnsOf } = ENTITY_KINDS[kind];
  return {
    kind,
    key: keyOf(state),
    version: upgrades.length + 1,
    cluster: clusterOf(state),
    state,
    columns: columnsOf?.(state),
  };
}

/** Version 1 counted the missed alerts that it did not keep in one number. */
function omittedByAddressee(state: unknown): unknown {
  // True: the entity was written as a load of version 1.
  const load = state as { readonly missedOmitted: number };
  return { ...load, missedOmitted: load.missedOmitted === 0 ? {} : { "": load.missedOmitted } };
}
