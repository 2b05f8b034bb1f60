import type { DatabaseSync, StatementSync } from "node:sqlite";

import { type AlertState, engineStateFrom, type GroupState, type Silence } from "../../alert/index.ts";
import type { AlertCount, AlertQuery, GroupAlerts, GroupQuery, LabelledAlert, Page } from "../queries.ts";
import { toStoredEntity } from "./entity-rows.ts";
import { createGroupsOfAlerts } from "./groups-of-alerts.ts";
import { keyFrom, toPage } from "./paging.ts";
import { prepareAll } from "./prepare-all.ts";

/** The condition that a column is in a list; a null list lets every row pass. @param list JSON. */
const isAmong = (column: string, list: string): string =>
  `(${list} IS NULL OR ${column} IN (SELECT value FROM json_each(${list})))`;

const FITS = `opened_at <= ?1 AND NOT (opened_at = ?1 AND entity.key <= ?2) AND ${isAmong("phase", "?3")}
    AND (?4 IS NULL OR severity = ?4) AND (?5 IS NULL OR rule = ?5) AND (?6 IS NULL OR namespace = ?6)
    AND (?7 IS NULL OR cluster = ?7) AND (?8 IS NULL OR EXISTS (SELECT 1 FROM json_each(sinks) WHERE value = ?8))`;

// Only alerts have a time of opening. SQLite walks the index in its order, and reads a row only when the columns in the
// index fit, so that one of 100,000 alerts costs no more than one of ten.
const LISTED = `FROM entity INDEXED BY entity_listed WHERE ${FITS} ORDER BY opened_at DESC, key LIMIT ?9`;

const ALERT = "kind, entity.key, version, state, opened_at";
const GROUP = "seq, kind, version, state";

const SQL = {
  alerts: `SELECT ${ALERT} ${LISTED}`,
  alertsByKey: `SELECT ${ALERT} FROM json_each(?10) AS wanted CROSS JOIN entity
    WHERE kind = 'alert' AND entity.key = wanted.value AND ${FITS} ORDER BY opened_at DESC, entity.key LIMIT ?9`,
  // Keys of members begin with the key of their alert and a slash; the character after the slash is "0".
  parts: `SELECT kind, version, state FROM entity WHERE kind IN ('event', 'omitted') AND key = ?1
    UNION ALL SELECT kind, version, state FROM entity WHERE kind = 'member' AND key > ?1 || '/' AND key < ?1 || '0'`,
  labels: `SELECT key, opened_at, severity, state ->> '$.labels' AS labels ${LISTED}`,
  counts: `SELECT rule, phase, count(*) AS alerts FROM entity INDEXED BY entity_counted
    WHERE opened_at IS NOT NULL GROUP BY rule, phase`,
  groups: `SELECT ${GROUP} FROM entity INDEXED BY entity_kind
    WHERE kind = 'group' AND seq < ?1 AND (?2 IS NULL OR state ->> '$.route' = ?2)
      AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(state, '$.told') WHERE value ->> '$.sink' = ?3))
      AND (EXISTS (SELECT 1 FROM membership WHERE group_key = entity.key) OR json_array_length(state, '$.told') > 0)
    ORDER BY seq DESC LIMIT ?4`,
  groupByKey: `SELECT ${GROUP} FROM entity WHERE kind = 'group' AND key = ?`,
  members: `SELECT phase, count(*) AS alerts, min(opened_at) AS opened_at FROM membership
    WHERE group_key = ? GROUP BY phase`,
  fingerprints: "SELECT fingerprint FROM membership WHERE group_key = ? LIMIT ?",
  groupCount: "SELECT count(DISTINCT group_key) AS groups FROM membership",
  silences:
    "SELECT kind, version, state FROM entity INDEXED BY entity_kind WHERE kind = 'silence' ORDER BY seq DESC",
} as const;

/** Lists of alerts, groups and silences. */
export interface EntityLists {
  alerts(query: AlertQuery): Page<AlertState>;
  labels(query: AlertQuery): Page<LabelledAlert>;
  alertCounts(): readonly AlertCount[];
  groups(query: GroupQuery): Page<GroupState>;
  groupsByKey(keys: readonly string[], fingerprints?: readonly string[]): readonly GroupState[];
  groupCount(): number;
  groupAlerts(key: string, mostFingerprints: number): GroupAlerts;
  silences(): readonly Silence[];
}

/** Prepares the lists of a file. */
export function createEntityLists(database: DatabaseSync): EntityLists {
  const sql = prepareAll(database, SQL);
  const groupsOfAlerts = createGroupsOfAlerts(database);
  const listed = (statement: StatementSync, query: AlertQuery, ...more: readonly string[]): Page<Row> => {
    const { phases, severity, rule, namespace, cluster, sink, limit, after } = query;
    const [openedAt = Number.MAX_SAFE_INTEGER, key = ""] = keyFrom(after, 2);
    const filters = [severity, rule, namespace, cluster, sink].map((value) => value ?? null);
    const only = phases === undefined ? null : JSON.stringify(phases);
    const rows = statement.all(openedAt, key, only, ...filters, limit + 1, ...more);
    return toPage(rows, limit, (row) => [Number(row["opened_at"]), String(row["key"])]);
  };
  const toGroups = (rows: readonly Row[]): readonly GroupState[] =>
    engineStateFrom(rows.map(toStoredEntity)).groups;
  return {
    alerts: (query) => {
      const { fingerprints } = query;
      const { rows, next } =
        fingerprints === undefined
          ? listed(sql.alerts, query)
          : listed(sql.alertsByKey, query, JSON.stringify(fingerprints));
      const parts = rows.flatMap((row) => sql.parts.all(String(row["key"])));
      return { rows: engineStateFrom([...rows, ...parts].map(toStoredEntity)).alerts, next };
    },
    labels: (query) => {
      const { rows, next } = listed(sql.labels, query);
      return { rows: rows.map(toLabelled), next };
    },
    alertCounts: () => sql.counts.all().map(toCount),
    groups: ({ route, sink, limit, after }) => {
      const [seq = Number.MAX_SAFE_INTEGER] = keyFrom(after, 1);
      const rows = sql.groups.all(seq, route ?? null, sink ?? null, limit + 1);
      const page = toPage(rows, limit, (row) => [Number(row["seq"])]);
      return { rows: toGroups(page.rows), next: page.next };
    },
    groupsByKey: (keys, fingerprints) =>
      keys.flatMap(
        (key) => (fingerprints && groupsOfAlerts(key, fingerprints)) ?? toGroups(sql.groupByKey.all(key)),
      ),
    groupAlerts: (key, mostFingerprints) => {
      const rows = sql.members.all(key);
      const inPhase = (phase: string): number =>
        Number(rows.find((row) => row["phase"] === phase)?.["alerts"] ?? 0);
      const opened = rows.map((row) => Number(row["opened_at"]));
      return {
        firing: inPhase("firing"),
        resolved: inPhase("resolved"),
        openedAt: opened.length === 0 ? undefined : Math.min(...opened),
        fingerprints: sql.fingerprints.all(key, mostFingerprints).map((row) => String(row["fingerprint"])),
      };
    },
    groupCount: () => Number(sql.groupCount.get()?.["groups"]),
    silences: () => engineStateFrom(sql.silences.all().map(toStoredEntity)).silences,
  };
}

/** A row of a statement's result. */
type Row = Readonly<Record<string, unknown>>;

function toLabelled(row: Row): LabelledAlert {
  // The store wrote it as the labels of an alert.
  const labels = JSON.parse(String(row["labels"])) as LabelledAlert["labels"];
  // The column was written with the severity of an alert.
  const severity = row["severity"] as LabelledAlert["severity"];
  return { fingerprint: String(row["key"]), labels, severity };
}

function toCount(row: Row): AlertCount {
  // The column was written with the phase of an alert.
  const phase = row["phase"] as AlertCount["phase"];
  return { rule: String(row["rule"]), phase, alerts: Number(row["alerts"]) };
}
