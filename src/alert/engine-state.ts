import { TocsinError } from "../lib/errors.ts";
import { type AlertRow, type EventRow, fromRows, type MemberRow, type OmittedRow } from "./alert-rows.ts";
import type { EngineState } from "./engine-input.ts";
import { ENTITY_KINDS, type EntityKind, type EntityKindName, type EntityStates } from "./entity-kinds.ts";
import type { StoredEntity } from "./entity.ts";
import type { AlertState } from "./state.ts";

/**
 * Brings a stored state to the newest version of its kind.
 *
 * @throws {TocsinError} ERR_STORE for a kind or a version that this program does not know.
 */
export function upgradedState(
  { kind, version, state }: StoredEntity,
  kinds: Readonly<Record<string, Pick<EntityKind<never>, "upgrades">>> = ENTITY_KINDS,
): unknown {
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (known === undefined) {
    throw new TocsinError(
      "ERR_STORE",
      `the stored state is of a newer tocsin: it holds one of kind "${kind}", which this tocsin does not know (run the newer tocsin, or begin with an empty state)`,
    );
  }
  const newest = known.upgrades.length + 1;
  if (version < 1 || version > newest) {
    throw new TocsinError(
      "ERR_STORE",
      `the stored state is of a newer tocsin: it holds one of kind "${kind}" of version ${version}, this tocsin knows up to ${newest} (run the newer tocsin, or begin with an empty state)`,
    );
  }
  return known.upgrades.slice(version - 1).reduce((older, upgrade) => upgrade(older), state);
}

/**
 * Puts the engine's state together from the entities of a store.
 *
 * @param stored In stored order, which each kind keeps.
 * @throws {TocsinError} ERR_STORE for a kind or a version that this program does not know.
 */
export function engineStateFrom(stored: Iterable<StoredEntity>): EngineState {
  const states: { readonly [Kind in EntityKindName]: EntityStates[Kind][] } = {
    alert: [],
    member: [],
    event: [],
    omitted: [],
    group: [],
    rule: [],
    load: [],
    silence: [],
    absence: [],
    pastEnds: [],
    comings: [],
  };
  for (const entity of stored) {
    const state = upgradedState(entity);
    // `upgradedState` refuses kinds that are not in the table; its result has the newest shape of its kind.
    const ofItsKind = states[entity.kind as EntityKindName] as unknown[];
    ofItsKind.push(state);
  }
  const { group, rule, load, silence, absence, pastEnds, comings } = states;
  const others = { groups: group, rules: rule, loads: load, silences: silence, absences: absence };
  return { ...alertsFrom(states), ...others, pastEnds, comings };
}

/** Alerts with their members and events, in the stored order of the alerts themselves. */
function alertsFrom(rows: {
  readonly alert: readonly AlertRow[];
  readonly member: readonly MemberRow[];
  readonly event: readonly EventRow[];
  readonly omitted: readonly OmittedRow[];
}): Pick<EngineState, "alerts" | "incomplete"> {
  const events = new Map(rows.event.map((row) => [row.fingerprint, row]));
  const omitted = new Map(rows.omitted.map((row) => [row.fingerprint, row]));
  const members = Map.groupBy(rows.member, ({ fingerprint }) => fingerprint);
  const alerts: AlertState[] = [];
  const incomplete: string[] = [];
  for (const row of rows.alert) {
    const { fingerprint } = row;
    const event = events.get(fingerprint);
    const parts = { members: members.get(fingerprint) ?? [], omitted: omitted.get(fingerprint) };
    if (event === undefined) incomplete.push(fingerprint);
    else alerts.push(fromRows(row, { event, ...parts }));
  }
  return { alerts, incomplete };
}
