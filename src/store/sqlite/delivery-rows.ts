import type { DatabaseSync } from "node:sqlite";

import type { DeliveryOutcome, NewDelivery, Notification } from "../../alert/index.ts";
import type { LeasedDelivery, LeaseQuery } from "../store.ts";
import type { Receivers } from "./receivers.ts";
import { fromStoredJson } from "./stored-json.ts";
import { replace, type Replaced } from "./supersede.ts";

/** Rows forgotten by one sweep. */
const SWEEP = 500;

/** The outbox of notifications: what enters it, what is taken, and how it ended. `settleDelivery` ends attempts. */
export interface DeliveryRows {
  /** Stores a delivery once, and supersedes what it replaces. */
  add(delivery: NewDelivery): void;
  lease(query: LeaseQuery): readonly LeasedDelivery[];
  /** Makes every lease a waiting row again. */
  returnLeases(): void;
  outcomes(limit: number): readonly DeliveryOutcome[];
  note(ids: readonly string[]): void;
  nextDueAt(sink: string): number | undefined;
  /** Makes dead letters of what waits for sinks not in the list; answers how many. */
  buryOrphans(sinks: readonly string[], now: number, error: string): number;
  /** Forgets noted rows that ended before `before` and are no dead letters. */
  sweep(before: number): void;
}

/** The oldest open row of its group, with nothing of the group leased. */
const IS_HEAD = `NOT EXISTS (
  SELECT 1 FROM delivery o
   WHERE o.sink = d.sink AND o.group_key = d.group_key AND o.ended_at IS NULL
     AND (o.seq < d.seq OR o.state = 'leased'))`;

export function createDeliveryRows(database: DatabaseSync, receivers: Receivers): DeliveryRows {
  const known = database.prepare("SELECT 1 FROM delivery WHERE id = ?");
  const waiting = database.prepare(
    `SELECT seq, opening, opening_started OR attempts > 0 AS started FROM delivery
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting'`,
  );
  const supersede = database.prepare("UPDATE delivery SET state = 'superseded', ended_at = ? WHERE seq = ?");
  const insert = database.prepare(
    `INSERT INTO delivery (id, sink, group_key, kind, state, opening, opening_started, due_at, created_at,
                           expires_at, ended_at, notification)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const runOut = database.prepare(
    `UPDATE delivery SET state = 'waiting'
      WHERE sink = ? AND state = 'leased' AND due_at <= ?`,
  );
  const due = database.prepare(
    `SELECT seq, id, sink, group_key, attempts + 1 AS attempt, remaining, created_at, expires_at, notification
       FROM delivery d
      WHERE sink = ? AND ended_at IS NULL AND state = 'waiting' AND due_at <= ? AND ${IS_HEAD}
      ORDER BY due_at, seq LIMIT ?`,
  );
  const take = database.prepare(
    "UPDATE delivery SET state = 'leased', attempts = attempts + 1, due_at = ? WHERE seq = ?",
  );
  const returnAll = database.prepare(
    "UPDATE delivery SET state = 'waiting', due_at = created_at WHERE ended_at IS NULL AND state = 'leased'",
  );
  const outcomes = database.prepare(
    `SELECT id, sink, group_key, kind, state, ended_at, notification FROM delivery
      WHERE ended_at IS NOT NULL AND noted = 0 ORDER BY ended_at, seq LIMIT ?`,
  );
  const note = database.prepare("UPDATE delivery SET noted = 1 WHERE id = ? AND ended_at IS NOT NULL");
  const nextDue = database.prepare(
    `SELECT due_at AS at FROM delivery d
      WHERE sink = ? AND ended_at IS NULL AND (state = 'leased' OR ${IS_HEAD})
      ORDER BY due_at LIMIT 1`,
  );
  const buryOrphans = database.prepare(
    `UPDATE delivery SET state = 'dead', ended_at = ?, error = ?, listed = 1
      WHERE ended_at IS NULL AND state = 'waiting' AND sink NOT IN (SELECT value FROM json_each(?))`,
  );
  const forget = database.prepare(
    `DELETE FROM delivery WHERE seq IN (
       SELECT seq FROM delivery WHERE ended_at < ? AND ended_at IS NOT NULL AND noted = 1 AND listed = 0
        ORDER BY ended_at LIMIT ?)`,
  );

  return {
    add: (delivery) => {
      if (known.get(delivery.id) !== undefined) return;
      const { id, sink, groupKey, createdAt } = delivery;
      const replaced = waiting.all(sink, groupKey);
      for (const row of replaced) supersede.run(createdAt, Number(row["seq"]));
      const { notification, opening, started } = replace(
        delivery,
        replaced.map((row): Replaced => ({ opening: row["opening"] === 1, started: row["started"] === 1 })),
      );
      // A delivery of which nothing is sent is kept as ended: its id must be known when the commit is repeated.
      insert.run(
        id,
        sink,
        groupKey,
        delivery.notification.kind,
        notification === undefined ? "superseded" : "waiting",
        Number(opening),
        Number(started),
        createdAt,
        createdAt,
        delivery.expiresAt ?? null,
        notification === undefined ? createdAt : null,
        JSON.stringify(notification ?? delivery.notification),
      );
      if (notification === undefined) receivers.release(groupKey);
    },
    lease: ({ sink, now, limit, leaseMs }) => {
      runOut.run(sink, now);
      const rows = due.all(sink, now, limit);
      for (const row of rows) take.run(now + leaseMs, Number(row["seq"]));
      return rows.map((row) => toLeased(row, receivers));
    },
    returnLeases: () => {
      returnAll.run();
    },
    outcomes: (limit) => outcomes.all(limit).map(toOutcome),
    note: (ids) => {
      for (const id of ids) note.run(id);
    },
    nextDueAt: (sink) => {
      const at = nextDue.get(sink)?.["at"];
      return typeof at === "number" ? at : undefined;
    },
    buryOrphans: (sinks, now, error) => Number(buryOrphans.run(now, error, JSON.stringify(sinks)).changes),
    sweep: (before) => {
      forget.run(before, SWEEP);
    },
  };
}

type Row = Record<string, unknown>;

function toLeased(row: Row, receivers: Receivers): LeasedDelivery {
  const sink = String(row["sink"]);
  const groupKey = String(row["group_key"]);
  return {
    id: String(row["id"]),
    sink,
    groupKey,
    // Written by `add` from the same type.
    notification: JSON.parse(String(row["notification"])) as Notification,
    attempt: Number(row["attempt"]),
    remaining: fromStoredJson(row["remaining"]),
    receiver: receivers.recall(sink, groupKey),
    createdAt: Number(row["created_at"]),
    expiresAt: row["expires_at"] === null ? undefined : Number(row["expires_at"]),
  };
}

function toOutcome(row: Row): DeliveryOutcome {
  // Written by `add` from the same type; the state is checked by the schema and is an end here.
  const notification = JSON.parse(String(row["notification"])) as Notification;
  return {
    id: String(row["id"]),
    sink: String(row["sink"]),
    groupKey: String(row["group_key"]),
    kind: row["kind"] as DeliveryOutcome["kind"],
    outcome: row["state"] as DeliveryOutcome["outcome"],
    firing: notification.alerts.flatMap((alert) => (alert.status === "firing" ? [alert.fingerprint] : [])),
    at: Number(row["ended_at"]),
  };
}
