import type { DatabaseSync } from "node:sqlite";

import type { EntityChanges, StoredEntity } from "../../alert/index.ts";

/** Rows read in one go; each may have some kilobytes. */
const PAGE = 500;

/** An entity with its place in the file. */
export type EntityRow = StoredEntity & { readonly seq: number };

/** What is kept of the engine: one row for each entity. */
export interface EntityRows {
  /** The next rows behind this `seq`, those first that were stored first; none when it was the last. */
  page(after: number): readonly EntityRow[];
  write(changes: EntityChanges): void;
}

export function createEntityRows(database: DatabaseSync): EntityRows {
  const select = database.prepare(
    "SELECT seq, kind, version, state FROM entity WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  const put = database.prepare(
    `INSERT INTO entity (kind, key, version, cluster, namespace, rule, severity, phase, opened_at, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, key) DO UPDATE SET
       version = excluded.version, cluster = excluded.cluster, namespace = excluded.namespace, rule = excluded.rule,
       severity = excluded.severity, phase = excluded.phase, opened_at = excluded.opened_at, state = excluded.state`,
  );
  const forget = database.prepare("DELETE FROM entity WHERE kind = ? AND key = ?");
  return {
    page: (after) =>
      select.all(after, PAGE).map((row) => ({
        seq: Number(row["seq"]),
        kind: String(row["kind"]),
        version: Number(row["version"]),
        state: JSON.parse(String(row["state"])) as unknown,
      })),
    write: (changes) => {
      for (const { kind, key, version, cluster, columns, state } of changes.put) {
        put.run(
          kind,
          key,
          version,
          cluster,
          columns?.namespace ?? null,
          columns?.rule ?? null,
          columns?.severity ?? null,
          columns?.phase ?? null,
          columns?.openedAt ?? null,
          JSON.stringify(state),
        );
      }
      for (const { kind, key } of changes.forget) forget.run(kind, key);
    },
  };
}
