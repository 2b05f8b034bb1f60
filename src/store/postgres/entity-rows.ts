import type { Entity, EntityChanges, StoredEntity } from "../../alert/index.ts";
import { defineColumns } from "./columns.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** Alerts, or entities of another kind, that one step of a load reads; each may have some kilobytes. */
const PAGE = 100;

/** Kinds that come with their alert. */
const PARTS = ["event", "omitted", "member"];

type Key = Pick<Entity, "kind" | "key">;

/** An alert in a group. */
interface Membership {
  readonly entity: Entity;
  readonly group: string;
}

const ROWS = defineColumns<Entity>(2, {
  kind: ["text", ({ kind }) => kind],
  key: ["text", ({ key }) => key],
  version: ["bigint", ({ version }) => version],
  part_of: ["text", partOf],
  cluster: ["text", ({ cluster }) => cluster],
  namespace: ["text", ({ columns }) => columns?.namespace],
  rule: ["text", ({ columns }) => columns?.rule],
  severity: ["text", ({ columns }) => columns?.severity],
  phase: ["text", ({ columns }) => columns?.phase],
  opened_at: ["bigint", ({ columns }) => columns?.openedAt],
  sinks: ["text", ({ columns }) => columns && JSON.stringify(columns.sinks)],
  state: ["text", ({ state }) => JSON.stringify(state)],
});
const KEYS = defineColumns<Key>(2, { kind: ["text", ({ kind }) => kind], key: ["text", ({ key }) => key] });
const MEMBERSHIPS = defineColumns<Membership>(2, {
  group_key: ["text", ({ group }) => group],
  fingerprint: ["text", ({ entity }) => entity.key],
  phase: ["text", ({ entity }) => entity.columns?.phase],
  opened_at: ["bigint", ({ entity }) => entity.columns?.openedAt],
});

const FIELDS = "seq, kind, key, version, state";

const SQL = nameStatements("entity", {
  // From one kind to the next by an index: DISTINCT would read the whole table.
  kinds: `WITH RECURSIVE known AS (
       (SELECT kind FROM entity WHERE p = $1 ORDER BY kind LIMIT 1)
       UNION ALL
       SELECT (SELECT kind FROM entity WHERE p = $1 AND kind > known.kind ORDER BY kind LIMIT 1)
         FROM known WHERE known.kind IS NOT NULL)
     SELECT kind FROM known WHERE kind NOT IN ('${PARTS.join("', '")}')`,
  // Parts come behind all alerts of the page; the caller sorts them.
  page: `WITH page AS MATERIALIZED (
       SELECT ${FIELDS} FROM entity WHERE p = $1 AND kind = $2 AND seq > $3 ORDER BY seq LIMIT ${PAGE})
     SELECT ${FIELDS}, NULL AS part_of FROM page
     UNION ALL
     SELECT ${FIELDS}, part_of FROM entity
      WHERE $2 = 'alert' AND p = $1 AND part_of IN (SELECT key FROM page)`,
  write: `INSERT INTO entity (p, kind, key, version, part_of, cluster, namespace, rule, severity, phase, opened_at, sinks, state)
     SELECT $1::integer, * FROM ${ROWS.from} AS sent
     ON CONFLICT (p, kind, key) DO UPDATE SET
       version = excluded.version, cluster = excluded.cluster, namespace = excluded.namespace, rule = excluded.rule,
       severity = excluded.severity, phase = excluded.phase, opened_at = excluded.opened_at, sinks = excluded.sinks,
       state = excluded.state`,
  forget: `DELETE FROM entity USING ${KEYS.from} AS sent
     WHERE p = $1 AND entity.kind = sent.kind AND entity.key = sent.key`,
  leaveGroups: `DELETE FROM membership USING ${KEYS.from} AS sent
     WHERE p = $1 AND sent.kind = 'alert' AND fingerprint = sent.key`,
  joinGroups: `INSERT INTO membership (p, group_key, fingerprint, phase, opened_at) SELECT $1::integer, * FROM ${MEMBERSHIPS.from} AS sent
     ON CONFLICT DO NOTHING`,
  setAside: `WITH gone AS (DELETE FROM entity WHERE seq = $1 RETURNING p, kind, key, version, state)
     INSERT INTO damaged_entity SELECT $2::bigint, * FROM gone`,
});

/** An entity, with its place in the store. */
export interface EntityRow {
  readonly seq: bigint;
  readonly kind: string;
  readonly key: string;
  /** The key of the alert that it is a part of. */
  readonly partOf: string | undefined;
  /** Undefined when the row cannot be read. */
  readonly entity: StoredEntity | undefined;
}

/** The statements about the kept state of the engines: one row for each entity. */
export const entityRows = {
  /** The kinds that do not come with their alert. */
  kinds: (partition: number): Statement => SQL.kinds(partition),
  /** The next rows of a kind, in stored order; behind alerts their parts. @param after The last number; 0 at first. */
  page: (partition: number, kind: string, after: bigint): Statement => SQL.page(partition, kind, after),
  /** @param moved Alerts whose columns may have changed; groups are written for these alone. */
  write: (
    partition: number,
    { put, forget }: EntityChanges,
    moved: readonly Entity[],
  ): readonly Statement[] => [
    ...whereAny([...moved, ...forget], (keys) => SQL.leaveGroups(partition, ...KEYS.of(keys))),
    ...whereAny(put, (rows) => SQL.write(partition, ...ROWS.of(rows))),
    ...whereAny(forget, (keys) => SQL.forget(partition, ...KEYS.of(keys))),
    ...whereAny(moved.flatMap(membershipsOf), (rows) => SQL.joinGroups(partition, ...MEMBERSHIPS.of(rows))),
  ],
  /** Moves an unreadable row to `damaged_entity`. @param now Epoch milliseconds. */
  setAside: (seq: bigint, now: number): Statement => SQL.setAside(seq, now),
  fromRow: (row: Row): EntityRow => ({
    seq: BigInt(String(row["seq"])),
    kind: String(row["kind"]),
    key: String(row["key"]),
    partOf: typeof row["part_of"] === "string" ? row["part_of"] : undefined,
    entity: readable(row),
  }),
};

function whereAny<Item>(
  items: readonly Item[],
  make: (items: readonly Item[]) => Statement,
): readonly Statement[] {
  return items.length === 0 ? [] : [make(items)];
}

function membershipsOf(entity: Entity): readonly Membership[] {
  return (entity.columns?.groups ?? []).map((group) => ({ entity, group }));
}

/** Keys of members begin with the key of their alert and a slash, and fingerprints have none. */
function partOf({ kind, key }: Entity): string | undefined {
  if (!PARTS.includes(kind)) return undefined;
  return kind === "member" ? key.slice(0, key.indexOf("/")) : key;
}

function readable(row: Row): StoredEntity | undefined {
  try {
    const state: unknown = JSON.parse(String(row["state"]));
    return { kind: String(row["kind"]), version: Number(row["version"]), state };
  } catch {
    return undefined;
  }
}
