import type { DatabaseSync } from "node:sqlite";

import type { Entity, EntityChanges, StoredEntity } from "../../alert/index.ts";
import { prepareAll } from "./prepare-all.ts";

/** Alerts, or entities of another kind, that one step of a load reads; each may have some kilobytes. */
const PAGE = 25;

/** Kinds that come with their alert. */
const PARTS: ReadonlySet<string> = new Set(["event", "omitted", "member"]);

const SQL = {
  kinds: "SELECT DISTINCT kind FROM entity",
  page: `SELECT seq, kind, key, version, state FROM entity INDEXED BY entity_kind
     WHERE kind = ? AND seq > ? AND p = ? ORDER BY seq LIMIT ?`,
  // Keys of members begin with the key of their alert and a slash; the character after the slash is "0".
  parts: `SELECT seq, kind, key, version, state FROM entity WHERE kind IN ('event', 'omitted') AND key = ?1 AND p = ?2
     UNION ALL SELECT seq, kind, key, version, state FROM entity
       WHERE kind = 'member' AND key > ?1 || '/' AND key < ?1 || '0' AND p = ?2`,
  // An occurrence changes no column, and this statement leaves the indexes as they are.
  update: `UPDATE entity SET version = ?4, state = ?5
     WHERE kind = ?1 AND key = ?2 AND p = ?3 AND cluster = ?6 AND namespace IS ?7 AND rule IS ?8 AND severity IS ?9
       AND phase IS ?10 AND opened_at IS ?11 AND sinks IS ?12 AND groups IS ?13`,
  leaveGroups: `DELETE FROM membership WHERE fingerprint = ?2 AND p = ?3 AND group_key IN
     (SELECT value FROM entity, json_each(entity.groups) WHERE kind = ?1 AND entity.key = ?2 AND p = ?3)`,
  upsert: `INSERT INTO entity
       (kind, key, p, version, state, cluster, namespace, rule, severity, phase, opened_at, sinks, groups)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
     ON CONFLICT (kind, key, p) DO UPDATE SET
       version = excluded.version, state = excluded.state, cluster = excluded.cluster, namespace = excluded.namespace,
       rule = excluded.rule, severity = excluded.severity, phase = excluded.phase, opened_at = excluded.opened_at,
       sinks = excluded.sinks, groups = excluded.groups`,
  join: "INSERT INTO membership (group_key, fingerprint, p, phase, opened_at) VALUES (?, ?, ?, ?, ?)",
  forget: "DELETE FROM entity WHERE kind = ? AND key = ? AND p = ?",
  keepDamaged: `INSERT INTO damaged_entity (at, p, kind, key, version, state)
     SELECT ?, p, kind, key, version, state FROM entity WHERE seq = ?`,
  drop: "DELETE FROM entity WHERE seq = ?",
} as const;

/** An entity, with its place in the file. */
export interface EntityRow {
  readonly seq: number;
  readonly kind: string;
  readonly key: string;
  /** Undefined when the row cannot be read. */
  readonly entity: StoredEntity | undefined;
}

/** The kept state of the engines: one row for each entity. */
export interface EntityRows {
  /** All rows of a partition, in steps: an alert with its parts, and each kind in stored order. */
  steps(partition: number): Iterable<readonly EntityRow[]>;
  write(partition: number, changes: EntityChanges): void;
  /** Moves an unreadable row to `damaged_entity`. @param now Epoch milliseconds. */
  setAside(seq: number, now: number): void;
}

/** Prepares the rows of entities of a file. */
export function createEntityRows(database: DatabaseSync): EntityRows {
  const sql = prepareAll(database, SQL);
  const put = (partition: number, entity: Entity): void => {
    const values = valuesOf(partition, entity);
    if (sql.update.run(...values).changes > 0) return;
    const { kind, key, columns } = entity;
    sql.leaveGroups.run(kind, key, partition);
    sql.upsert.run(...values);
    if (columns === undefined) return;
    for (const group of columns.groups) sql.join.run(group, key, partition, columns.phase, columns.openedAt);
  };
  return {
    *steps(partition) {
      for (const { kind } of sql.kinds.all()) {
        if (PARTS.has(String(kind))) continue;
        for (let after = 0; ;) {
          const rows = sql.page.all(String(kind), after, partition, PAGE);
          if (rows.length === 0) break;
          after = Number(rows.at(-1)?.["seq"]);
          yield rows
            .flatMap((row) =>
              kind === "alert" ? [row, ...sql.parts.all(String(row["key"]), partition)] : [row],
            )
            .map(toEntityRow);
        }
      }
    },
    write: (partition, changes) => {
      for (const entity of changes.put) put(partition, entity);
      for (const { kind, key } of changes.forget) {
        sql.leaveGroups.run(kind, key, partition);
        sql.forget.run(kind, key, partition);
      }
    },
    setAside: (seq, now) => {
      sql.keepDamaged.run(now, seq);
      sql.drop.run(seq);
    },
  };
}

/** The parameters of `update` and `upsert`, in their order. */
function valuesOf(
  partition: number,
  { kind, key, version, state, cluster, columns }: Entity,
): readonly (string | number | null)[] {
  const shape = [kind, key, partition, version, JSON.stringify(state), cluster];
  if (columns === undefined) return [...shape, null, null, null, null, null, null, null];
  const { namespace, rule, severity, phase, openedAt, sinks, groups } = columns;
  const lists = [JSON.stringify(sinks), JSON.stringify(groups)];
  return [...shape, namespace, rule, severity, phase, openedAt, ...lists];
}

/** Reads an entity. @param row With `kind`, `version` and `state`. */
export function toStoredEntity(row: Readonly<Record<string, unknown>>): StoredEntity {
  return {
    kind: String(row["kind"]),
    version: Number(row["version"]),
    state: JSON.parse(String(row["state"])) as unknown,
  };
}

function toEntityRow(row: Readonly<Record<string, unknown>>): EntityRow {
  return {
    seq: Number(row["seq"]),
    kind: String(row["kind"]),
    key: String(row["key"]),
    entity: readable(row),
  };
}

function readable(row: Readonly<Record<string, unknown>>): StoredEntity | undefined {
  try {
    return toStoredEntity(row);
  } catch {
    return undefined;
  }
}
