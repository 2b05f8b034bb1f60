import type { DatabaseSync } from "node:sqlite";

import type { DeliveryRow } from "../queries.ts";
import { DELIVERY, toDeliveryRow } from "./delivery-list.ts";
import { prepareAll } from "./prepare-all.ts";

const SQL = {
  byId: `SELECT ${DELIVERY}, '' AS title FROM json_each(?) AS wanted CROSS JOIN delivery d WHERE d.id = wanted.value`,
  deadOfGroups: `SELECT ${DELIVERY}, '' AS title FROM delivery d INDEXED BY delivery_listed
    WHERE listed = 1 AND state = 'dead' AND group_key IN (SELECT value FROM json_each(?)) ORDER BY ended_at DESC`,
} as const;

/** Deliveries that somebody asks for one by one. */
export interface SomeDeliveries {
  byId(ids: readonly string[]): readonly DeliveryRow[];
  /** The newest first. */
  deadOfGroups(keys: readonly string[]): readonly DeliveryRow[];
}

/** Prepares the questions for a file. */
export function createSomeDeliveries(database: DatabaseSync): SomeDeliveries {
  const sql = prepareAll(database, SQL);
  return {
    byId: (ids) => (ids.length === 0 ? [] : sql.byId.all(JSON.stringify(ids)).map(toDeliveryRow)),
    deadOfGroups: (keys) =>
      keys.length === 0 ? [] : sql.deadOfGroups.all(JSON.stringify(keys)).map(toDeliveryRow),
  };
}
