import type { DatabaseSync } from "node:sqlite";

import { engineStateFrom, type GroupState } from "../../alert/index.ts";
import { toStoredEntity } from "./entity-rows.ts";

/** Sent states of a group that are read one by one: the sinks of a route, and those that it had. */
const MOST_TOLD = 8;

/** Alerts for which reading a large group piece by piece costs less than parsing all of it. */
const MOST_ALERTS = 10;

const TOLD = Array.from({ length: MOST_TOLD }, (_, index) => index);

// Of a group of 100,000 alerts the state has 6 MB, nearly all of it in `firing`: SQLite cuts that out within 5 ms, and
// parsing it would take 80.
const SQL = `SELECT kind, version, json_array_length(state, '$.told') AS told,
    json_remove(state, ${TOLD.map((index) => `'$.told[${index}].firing'`).join(", ")}) AS state,
    (SELECT json_group_array(json_array(told.value, alert.value,
        json_extract(state, '$.told[' || told.value || '].firing."' || alert.value || '"')))
      FROM json_each('${JSON.stringify(TOLD)}') AS told, json_each(?2) AS alert) AS sent
  FROM entity WHERE kind = 'group' AND key = ?1`;

/** An alert in a sent state: the place of the sent state, the fingerprint, and null or what was sent. */
type Sent = readonly [
  told: number,
  fingerprint: string,
  sent: GroupState["told"][number]["firing"][string] | null,
];

/**
 * Prepares the reading of a group in whose sent states only some alerts matter.
 *
 * @returns Undefined when the whole group has to be read.
 */
export function createGroupsOfAlerts(
  database: DatabaseSync,
): (key: string, fingerprints: readonly string[]) => readonly GroupState[] | undefined {
  const statement = database.prepare(SQL);
  return (key, fingerprints) => {
    if (fingerprints.length > MOST_ALERTS || fingerprints.some((each) => /["\\]/u.test(each)))
      return undefined;
    const row = statement.get(key, JSON.stringify(fingerprints));
    if (row === undefined) return [];
    if (Number(row["told"]) > MOST_TOLD) return undefined;
    // The statement makes it of the state of a group.
    const sent = JSON.parse(String(row["sent"])) as readonly Sent[];
    const { state, ...entity } = toStoredEntity(row);
    // A group, without `firing` in its sent states.
    const group = state as GroupState;
    const told = group.told.map((entry, index) => ({ ...entry, firing: firingOf(sent, index) }));
    return engineStateFrom([{ ...entity, state: { ...group, told } }]).groups;
  };
}

function firingOf(sent: readonly Sent[], told: number): GroupState["told"][number]["firing"] {
  return Object.fromEntries(
    sent.flatMap(([index, fingerprint, alert]) =>
      index === told && alert !== null ? [[fingerprint, alert]] : [],
    ),
  );
}
