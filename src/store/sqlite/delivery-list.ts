import type { DatabaseSync } from "node:sqlite";

import type { DeliveryQuery, DeliveryRow, Page } from "../queries.ts";
import { titleOf } from "./dead-letters.ts";
import { keyFrom, toPage } from "./paging.ts";
import { prepareAll } from "./prepare-all.ts";

/** The columns of a delivery, without its title. */
export const DELIVERY = `d.seq AS seq, d.id AS id, d.sink AS sink, d.kind AS kind, d.group_key AS groupKey,
  iif(d.state = 'leased', 'sending', d.state) AS state, d.attempts AS attempts, d.error AS error,
  d.created_at AS createdAt, d.due_at AS dueAt, d.ended_at AS endedAt`;

const FIELDS = `${DELIVERY},
  coalesce(iif(json_valid(d.notification), d.notification ->> '$.title', NULL), '') AS title`;

const SQL = {
  // The inner query reads only an index, so that showing 100 of 100,000 waiting rows reads 100 rows.
  open: `SELECT ${FIELDS} FROM delivery d WHERE seq IN (
      SELECT seq FROM delivery
       WHERE ended_at IS NULL AND (?1 IS NULL OR sink = ?1) AND (?2 IS NULL OR group_key = ?2)
         AND (?3 IS NULL OR seq < ?3)
       ORDER BY seq DESC LIMIT ?4)
    ORDER BY seq DESC`,
  ended: `SELECT ${FIELDS} FROM delivery d
     WHERE ended_at IS NOT NULL AND (?1 IS NULL OR sink = ?1) AND (?2 IS NULL OR group_key = ?2)
       AND (?3 IS NULL OR (ended_at, seq) < (?3, ?4))
     ORDER BY ended_at DESC, seq DESC LIMIT ?5`,
  byId: `SELECT ${FIELDS} FROM json_each(?1) AS wanted CROSS JOIN delivery d WHERE d.id = wanted.value`,
  records: `SELECT seq, id, sink, attempts, error, created_at AS createdAt, due_at AS dueAt, body FROM record
     WHERE seq IN (
      SELECT seq FROM record WHERE (?1 IS NULL OR sink = ?1) AND (?2 IS NULL OR seq < ?2)
       ORDER BY seq DESC LIMIT ?3)
    ORDER BY seq DESC`,
} as const;

/** One row, with its place in its table. */
interface Listed {
  readonly seq: number;
  readonly row: DeliveryRow;
}

/** Lists of deliveries and records. */
export interface DeliveryList {
  list(query: DeliveryQuery): Page<DeliveryRow>;
  /** As `Queries.titledDeliveries`. */
  byId(ids: readonly string[]): readonly DeliveryRow[];
}

/** Prepares the lists of a file. @param isLeased Whether the record of this `seq` is being sent. */
export function createDeliveryList(database: DatabaseSync, isLeased: (seq: number) => boolean): DeliveryList {
  const sql = prepareAll(database, SQL);

  const ended = ({ sink, groupKey, limit, after }: DeliveryQuery): Page<DeliveryRow> => {
    const [endedAt = null, seq = null] = keyFrom(after, 2);
    const rows = sql.ended.all(sink ?? null, groupKey ?? null, endedAt, seq, limit + 1).map(toListed);
    const page = toPage(rows, limit, (last) => [last.row.endedAt ?? 0, last.seq]);
    return { rows: page.rows.map(({ row }) => row), next: page.next };
  };

  const open = ({ sink, groupKey, limit, after }: DeliveryQuery): Page<DeliveryRow> => {
    const [beforeDelivery = null, beforeRecord = null] = keyFrom(after, 2);
    const deliveries = sql.open.all(sink ?? null, groupKey ?? null, beforeDelivery, limit + 1).map(toListed);
    const records =
      groupKey === undefined
        ? sql.records.all(sink ?? null, beforeRecord, limit + 1).map((row) => toListedRecord(row, isLeased))
        : [];
    return merge(deliveries, records, { limit, after });
  };

  return {
    list: (query) => (query.which === "open" ? open(query) : ended(query)),
    byId: (ids) => sql.byId.all(JSON.stringify(ids)).map((row) => toListed(row).row),
  };
}

/** Merges two lists that are newest first; the cursor has the place in each. */
function merge(
  deliveries: readonly Listed[],
  records: readonly Listed[],
  { limit, after }: Pick<DeliveryQuery, "limit" | "after">,
): Page<DeliveryRow> {
  const rows: DeliveryRow[] = [];
  const [left, right] = [[...deliveries], [...records]];
  let [beforeDelivery = Number.MAX_SAFE_INTEGER, beforeRecord = Number.MAX_SAFE_INTEGER] = after ?? [];
  while (rows.length < limit && left.length + right.length > 0) {
    const isDelivery = createdAt(left[0]) >= createdAt(right[0]);
    const next = (isDelivery ? left : right).shift();
    if (next === undefined) break;
    rows.push(next.row);
    if (isDelivery) beforeDelivery = next.seq;
    else beforeRecord = next.seq;
  }
  const hasMore = left.length + right.length > 0;
  return { rows, next: hasMore ? [beforeDelivery, beforeRecord] : undefined };
}

function createdAt(listed: Listed | undefined): number {
  return listed?.row.createdAt ?? -Infinity;
}

type Row = Readonly<Record<string, unknown>>;

function toListed(row: Row): Listed {
  return { seq: Number(row["seq"]), row: toDeliveryRow(row) };
}

/** Reads a delivery. @param row With the columns of `DELIVERY`. */
export function toDeliveryRow(row: Row): DeliveryRow {
  const state = String(row["state"]);
  return {
    ...textsOf(row),
    // `DeliveryRows` writes the columns: kinds of notifications, and the states of the schema.
    kind: row["kind"] as DeliveryRow["kind"],
    state: state as DeliveryRow["state"],
    groupKey: String(row["groupKey"]),
    title: String(row["title"]),
    dueAt: state === "waiting" ? Number(row["dueAt"]) : undefined,
    endedAt: row["endedAt"] === null ? undefined : Number(row["endedAt"]),
  };
}

function toListedRecord(row: Row, isLeased: (seq: number) => boolean): Listed {
  const seq = Number(row["seq"]);
  const isSent = isLeased(seq);
  return {
    seq,
    row: {
      ...textsOf(row),
      kind: "event",
      state: isSent ? "sending" : "waiting",
      groupKey: "",
      title: titleOf("record", String(row["body"])),
      dueAt: isSent ? undefined : Number(row["dueAt"]),
      endedAt: undefined,
    },
  };
}

function textsOf(row: Row): Pick<DeliveryRow, "id" | "sink" | "attempts" | "error" | "createdAt"> {
  return {
    id: String(row["id"]),
    sink: String(row["sink"]),
    attempts: Number(row["attempts"]),
    error: String(row["error"]),
    createdAt: Number(row["createdAt"]),
  };
}
