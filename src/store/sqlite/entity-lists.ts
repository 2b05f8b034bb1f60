import type { DatabaseSync } from "node:sqlite";

import { type AlertState, engineStateFrom, type GroupState, type Silence } from "../../alert/index.ts";
import type { AlertQuery, GroupQuery, Page } from "../queries.ts";
import { toStoredEntity } from "./entity-rows.ts";
import { keyFrom, toPage } from "./paging.ts";
import { prepareAll } from "./prepare-all.ts";

/** Whether a column is one of a list; a null list narrows nothing. @param list JSON. */
const isAmong = (column: string, list: string): string =>
  `(${list} IS NULL OR ${column} IN (SELECT value FROM json_each(${list})))`;

// The members of an alert have keys behind its own and a slash, and "0" comes after the slash.
// Nothing but alerts has a time of opening. The index is walked in its order, and rows are read only when the index
// says that they fit: one of 100,000 costs no more than one of ten.
const LISTED = `FROM entity INDEXED BY entity_listed
  WHERE opened_at <= ?1 AND NOT (opened_at = ?1 AND key <= ?2) AND ${isAmong("phase", "?3")}
    AND (?4 IS NULL OR severity = ?4) AND (?5 IS NULL OR rule = ?5) AND (?6 IS NULL OR namespace = ?6)
    AND (?7 IS NULL OR cluster = ?7) AND (?8 IS NULL OR EXISTS (SELECT 1 FROM json_each(sinks) WHERE value = ?8))`;

const SQL = {
  alerts: `SELECT kind, key, version, state, opened_at ${LISTED} AND ${isAmong("key", "?9")}
    ORDER BY opened_at DESC, key LIMIT ?10`,
  parts: `SELECT kind, version, state FROM entity WHERE kind IN ('event', 'omitted') AND key = ?1
    UNION ALL SELECT kind, version, state FROM entity WHERE kind = 'member' AND key > ?1 || '/' AND key < ?1 || '0'`,
  counts: `SELECT phase, count(*) AS alerts FROM entity INDEXED BY entity_listed
    WHERE opened_at IS NOT NULL GROUP BY phase`,
  groups: `SELECT seq, kind, version, state FROM entity INDEXED BY entity_kind
    WHERE kind = 'group' AND seq < ?1 AND ${isAmong("key", "?2")} AND (?3 IS NULL OR state ->> '$.route' = ?3)
      AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(state, '$.told') WHERE value ->> '$.sink' = ?4))
    ORDER BY seq DESC LIMIT ?5`,
  groupCount: "SELECT count(*) AS groups FROM entity WHERE kind = 'group'",
  silences:
    "SELECT kind, version, state FROM entity INDEXED BY entity_kind WHERE kind = 'silence' ORDER BY seq DESC",
} as const;

/** Lists of what the engines have kept, for people. */
export interface EntityLists {
  alerts(query: AlertQuery): Page<AlertState>;
  alertCounts(): Readonly<Record<AlertState["phase"], number>>;
  groups(query: GroupQuery): Page<GroupState>;
  groupCount(): number;
  silences(): readonly Silence[];
}

export function createEntityLists(database: DatabaseSync): EntityLists {
  const sql = prepareAll(database, SQL);
  return {
    alerts: ({ phases, severity, rule, namespace, cluster, sink, fingerprints, limit, after }) => {
      const [openedAt = Number.MAX_SAFE_INTEGER, key = ""] = keyFrom(after, 2);
      const filters = [severity, rule, namespace, cluster, sink].map((value) => value ?? null);
      const rows = sql.alerts.all(openedAt, key, toList(phases), ...filters, toList(fingerprints), limit + 1);
      const page = toPage(rows, limit, (row) => [Number(row["opened_at"]), String(row["key"])]);
      const parts = page.rows.flatMap((row) => sql.parts.all(String(row["key"])));
      return { rows: engineStateFrom([...page.rows, ...parts].map(toStoredEntity)).alerts, next: page.next };
    },
    alertCounts: () => {
      const counts = sql.counts.all().map((row) => [String(row["phase"]), Number(row["alerts"])] as const);
      return { pending: 0, firing: 0, resolved: 0, ...Object.fromEntries(counts) };
    },
    groups: ({ route, sink, keys, limit, after }) => {
      const [seq = Number.MAX_SAFE_INTEGER] = keyFrom(after, 1);
      const rows = sql.groups.all(seq, toList(keys), route ?? null, sink ?? null, limit + 1);
      const page = toPage(rows, limit, (row) => [Number(row["seq"])]);
      return { rows: engineStateFrom(page.rows.map(toStoredEntity)).groups, next: page.next };
    },
    groupCount: () => Number(sql.groupCount.get()?.["groups"]),
    silences: () => engineStateFrom(sql.silences.all().map(toStoredEntity)).silences,
  };
}

function toList(values: readonly string[] | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}
