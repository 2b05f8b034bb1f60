import type { NewDelivery } from "../../alert/index.ts";
import { defineColumns } from "./columns.ts";
import { type AddedRow, planDeliveries, type WaitingRow } from "./plan-deliveries.ts";
import type { Answer, Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

const SENT = defineColumns<NewDelivery>(1, {
  id: ["text", ({ id }) => id],
  sink: ["text", ({ sink }) => sink],
  group_key: ["text", ({ groupKey }) => groupKey],
});

const SQL = nameStatements("delivery", {
  known: `SELECT id FROM delivery WHERE id IN (SELECT id FROM ${SENT.from} AS sent)`,
  // A lease of the same row waits for this, or this waits for the lease and then finds that nothing waits.
  waiting: `SELECT seq, sink, group_key, since, opening, opening_started OR attempts > 0 AS started, told,
            CASE WHEN strpos(notification, '"logs":[') > 0 THEN notification END AS logged
       FROM delivery
      WHERE (sink, group_key) IN (SELECT sink, group_key FROM ${SENT.from} AS sent)
        AND ended_at IS NULL AND state = 'waiting'
      ORDER BY seq FOR UPDATE`,
  end: `UPDATE delivery SET state = $2, ended_at = $3, notification = coalesce($4, notification) WHERE seq = $1`,
  add: `INSERT INTO delivery (id, sink, group_key, bundle, kind, state, opening, opening_started, due_at, created_at,
                           expires_at, ended_at, title, notification, since, p, noted)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING`,
});

const RECEIVER = nameStatements("receiver", {
  release: `DELETE FROM receiver r WHERE r.group_key = $1
       AND NOT EXISTS (SELECT 1 FROM entity WHERE kind = 'group' AND key = $1)
       AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.sink = r.sink AND d.group_key = $1 AND d.ended_at IS NULL)`,
});

/** Forgets the data of sinks about a group that no longer exists, for sinks without waiting deliveries of it. */
export function releaseReceivers(groupKey: string): Statement {
  return RECEIVER.release(groupKey);
}

/**
 * Adds deliveries once, and supersedes waiting ones of their groups and sinks.
 *
 * @param send Sends statements in the transaction of the caller.
 * @param partition The partition whose engine gets their outcomes; undefined for no engine.
 * @returns The statements that write them; the caller sends these in the same transaction.
 */
export async function addDeliveries(
  send: (statements: readonly Statement[]) => Promise<readonly Answer[]>,
  deliveries: readonly NewDelivery[],
  partition: number | undefined,
): Promise<readonly Statement[]> {
  if (deliveries.length === 0) return [];
  const [known, waiting] = await send([
    SQL.known(...SENT.of(deliveries)),
    SQL.waiting(...SENT.of(deliveries)),
  ]);
  const ids = new Set(known?.rows.map(({ id }) => String(id)));
  const { ended, added, released } = planDeliveries(deliveries, ids, (waiting?.rows ?? []).map(toWaiting));
  return [
    ...ended.map(({ seq, state, endedAt, notification }) =>
      SQL.end(seq, state, endedAt, notification ?? null),
    ),
    ...added.map((row) => toInsert(row, partition)),
    ...released.map(releaseReceivers),
  ];
}

function toInsert(row: AddedRow, partition: number | undefined): Statement {
  const { id, sink, groupKey, bundle, createdAt, expiresAt } = row.delivery;
  return SQL.add(
    id,
    sink,
    groupKey,
    bundle ?? null,
    row.delivery.notification.kind,
    row.endedAt === undefined ? "waiting" : "superseded",
    row.opening,
    row.started,
    createdAt,
    createdAt,
    expiresAt ?? null,
    row.endedAt ?? null,
    row.notification.title,
    row.body,
    row.since,
    partition ?? null,
    partition === undefined,
  );
}

function toWaiting(row: Row): WaitingRow {
  return {
    seq: BigInt(String(row["seq"])),
    sink: String(row["sink"]),
    groupKey: String(row["group_key"]),
    since: Number(row["since"]),
    opening: row["opening"] === true,
    started: row["started"] === true,
    told: row["told"] === true,
    logged: typeof row["logged"] === "string" ? row["logged"] : undefined,
  };
}
