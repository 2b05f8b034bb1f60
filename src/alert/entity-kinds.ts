import type { Entity, EntityChanges, EntityColumns, KindChanges } from "./entity.ts";
import type { Silence } from "./silence.ts";
import type { SinkLoad } from "./sink-load.ts";
import type { AlertState, GroupState, RuleRow } from "./state.ts";
import { isTombstone } from "./tombstone.ts";

/** Makes a state of the next version of one of this version; the shapes of old versions are known only here. */
export type Upgrade = (state: unknown) => unknown;

/** How states of one kind are kept. */
export interface EntityKind<State> {
  /** Entry n makes version n + 2 of version n + 1. What was released is never edited, only added to. */
  readonly upgrades: readonly Upgrade[];
  /** Unique within the kind, and the same for the whole life of the state. */
  readonly keyOf: (state: State) => string;
  /** "" for states that belong to no single cluster. */
  readonly clusterOf: (state: State) => string;
  /** Undefined for kinds, and for states, that nobody lists. */
  readonly columnsOf?: (state: State) => EntityColumns | undefined;
}

/** What is kept of the engine, by kind. */
export interface EntityStates {
  readonly alert: AlertState;
  readonly group: GroupState;
  readonly rule: RuleRow;
  readonly load: SinkLoad;
  readonly silence: Silence;
}

export type EntityKindName = keyof EntityStates;

const ofNoCluster = (): string => "";

/** All kinds. A further one needs its line here, in `EntityStates`, in `toEntityChanges` and in `EngineState`. */
export const ENTITY_KINDS: { readonly [Kind in EntityKindName]: EntityKind<EntityStates[Kind]> } = {
  alert: {
    upgrades: [],
    keyOf: (alert) => alert.fingerprint,
    clusterOf: ({ labels }) => labels["cluster"] ?? "",
    columnsOf: alertColumns,
  },
  group: { upgrades: [], keyOf: (group) => group.key, clusterOf: ofNoCluster },
  rule: { upgrades: [], keyOf: (row) => row.name, clusterOf: ofNoCluster },
  load: { upgrades: [], keyOf: (load) => load.sink, clusterOf: ofNoCluster },
  silence: { upgrades: [], keyOf: (silence) => silence.id, clusterOf: ofNoCluster },
};

function alertColumns(alert: AlertState): EntityColumns | undefined {
  if (isTombstone(alert)) return undefined;
  const { labels, rule, severity, phase, openedAt, destinations } = alert;
  const sinks = [...new Set(destinations.flatMap((destination) => destination.sinks))];
  return { namespace: labels["namespace"] ?? "", rule, severity, phase, openedAt, sinks };
}

/** A state as a store keeps it. */
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

/** The changes of all kinds as a store writes them. */
export function toEntityChanges(changes: {
  readonly [Kind in EntityKindName]?: KindChanges<EntityStates[Kind]>;
}): EntityChanges {
  const all = [
    ofKind("alert", changes.alert),
    ofKind("group", changes.group),
    ofKind("rule", changes.rule),
    ofKind("load", changes.load),
    ofKind("silence", changes.silence),
  ];
  return { put: all.flatMap(({ put }) => put), forget: all.flatMap(({ forget }) => forget) };
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
