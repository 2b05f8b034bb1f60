import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { DeliveryOutcome, NewDelivery, Notification, NotifiedAlert } from "../../alert/index.ts";
import type { AttemptResult, LeasedDelivery, LeaseQuery } from "../outbox.ts";
import { fromStoredJson } from "../rows/stored-json.ts";
import { supersede, type Replaced } from "../rows/supersede.ts";
import { toOutcome } from "../rows/to-outcome.ts";
import { prepareAll } from "./prepare-all.ts";
import type { Receivers } from "./receivers.ts";
import { createSettleDelivery, type SettleDelivery } from "./settle-delivery.ts";

/** Rows that one sweep forgets. */
const SWEEP = 500;

/** The row is the oldest open one of its group, and no row of the group is leased. */
const IS_HEAD = `NOT EXISTS (
  SELECT 1 FROM delivery o
   WHERE o.sink = d.sink AND o.group_key = d.group_key AND o.ended_at IS NULL
     AND (o.seq < d.seq OR o.state = 'leased'))`;

/** The known destination of the row, if any, is not in a list, which is JSON. */
const IS_OPEN = "(destination IS NULL OR destination NOT IN (SELECT value FROM json_each(?)))";

/** The columns of a leased row. */
const LEASED =
  "seq, id, sink, group_key, bundle, attempts + 1 AS attempt, remaining, created_at, expires_at, notification";

const SQL = {
  known: "SELECT 1 FROM delivery WHERE id = ?",
  waiting: `SELECT seq, since, opening, opening_started OR attempts > 0 AS started, told FROM delivery
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting'`,
  supersede: `UPDATE delivery SET state = iif(told, 'delivered', 'superseded'), ended_at = ? WHERE seq = ?`,
  insert: `INSERT INTO delivery (id, sink, group_key, bundle, kind, state, opening, opening_started, due_at, created_at,
                           expires_at, ended_at, notification, since, p, noted)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  due: `SELECT ${LEASED} FROM delivery d
      WHERE sink = ? AND ended_at IS NULL AND state = 'waiting' AND due_at <= ? AND ${IS_OPEN} AND ${IS_HEAD}
      ORDER BY due_at, seq LIMIT ?`,
  bundled: `SELECT ${LEASED} FROM delivery d
      WHERE sink = ? AND bundle = ? AND ended_at IS NULL AND state = 'waiting' AND due_at <= ? AND ${IS_OPEN}
        AND ${IS_HEAD}
      ORDER BY seq`,
  take: "UPDATE delivery SET state = 'leased', lease = ?, attempts = attempts + 1 WHERE seq = ?",
  returnLeases: `UPDATE delivery SET state = 'waiting', due_at = created_at
      WHERE sink = ? AND state = 'leased' AND lease < ?`,
  // Without INDEXED BY the planner takes the index of all ended rows.
  outcomes: `SELECT id, sink, group_key, kind, state, ended_at, notification FROM delivery INDEXED BY delivery_unnoted
      WHERE ended_at IS NOT NULL AND noted = 0 AND p = ? ORDER BY ended_at, seq LIMIT ?`,
  note: "UPDATE delivery SET noted = 1 WHERE id = ? AND ended_at IS NOT NULL",
  nextDue: `SELECT due_at AS at FROM delivery d
      WHERE sink = ? AND ended_at IS NULL AND state = 'waiting' AND ${IS_OPEN} AND ${IS_HEAD}
      ORDER BY due_at LIMIT 1`,
  delivered: `SELECT notification FROM delivery INDEXED BY delivery_ended
      WHERE ended_at >= ? AND ended_at IS NOT NULL AND sink = ? AND state = 'delivered'
      ORDER BY ended_at DESC, seq DESC LIMIT ?`,
  bury: `UPDATE delivery SET state = 'dead', ended_at = ?, error = ?, listed = 1
      WHERE sink = ? AND ended_at IS NULL AND state = 'waiting' RETURNING p`,
  forget: `DELETE FROM delivery WHERE seq IN (
       SELECT seq FROM delivery WHERE ended_at < ? AND ended_at IS NOT NULL AND noted = 1 AND listed = 0
        ORDER BY ended_at LIMIT ?)`,
  unlistExpired: "UPDATE delivery SET listed = 0 WHERE listed = 1 AND state = 'expired'",
  // Keeps only the parts that an outcome needs. A page whose rows only shrink is not freed, so the rows get new keys,
  // which moves them together.
  strip: `UPDATE delivery SET seq = seq - 1000000000000000, notification = json_object('alerts', (
            SELECT json_group_array(json_object(
                     'fingerprint', value ->> 'fingerprint', 'status', value ->> 'status'))
              FROM json_each(notification, '$.alerts')))
      WHERE seq IN (
        SELECT seq FROM delivery
         WHERE ended_at IS NOT NULL AND listed = 0 AND json_valid(notification) AND notification NOT LIKE '{"alerts":%'
           AND id NOT IN (SELECT resolved_id FROM fallback_group WHERE resolved_id IS NOT NULL)
         LIMIT ?)`,
} as const;

/** The owner of leases: the holding of a sink, by its epoch. */
export interface SinkLease {
  readonly sink: string;
  readonly epoch: number;
}

/** The rows of notifications in the outbox: adds, leases and ends them. */
export class DeliveryRows {
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #receivers: Receivers;
  readonly #settle: SettleDelivery;
  readonly #onUnreadable: (reason: string) => void;

  /** @param onUnreadable Called with the name of a damaged row, and what became of it. */
  constructor(database: DatabaseSync, receivers: Receivers, onUnreadable: (reason: string) => void) {
    this.#onUnreadable = onUnreadable;
    this.#sql = prepareAll(database, SQL);
    this.#receivers = receivers;
    this.#settle = createSettleDelivery(database, receivers);
  }

  /**
   * Stores a delivery once, and supersedes waiting ones of its group and sink.
   *
   * @param partition The partition whose engine gets its outcome; undefined for no engine.
   */
  add(delivery: NewDelivery, partition: number | undefined): void {
    if (this.#sql.known.get(delivery.id) !== undefined) return;
    const { id, sink, groupKey, createdAt } = delivery;
    const replaced = this.#sql.waiting.all(sink, groupKey);
    for (const row of replaced) this.#sql.supersede.run(createdAt, Number(row["seq"]));
    const { notification, opening, started } = supersede(
      delivery,
      replaced.map((row): Replaced => ({ opening: row["opening"] === 1, started: row["started"] === 1 })),
    );
    // A delivery that is not sent gets an ended row: when the commit is repeated, its id must be known.
    this.#sql.insert.run(
      id,
      sink,
      groupKey,
      delivery.bundle ?? null,
      delivery.notification.kind,
      notification === undefined ? "superseded" : "waiting",
      Number(opening),
      Number(started),
      createdAt,
      createdAt,
      delivery.expiresAt ?? null,
      notification === undefined ? createdAt : null,
      JSON.stringify(notification ?? delivery.notification),
      Math.min(createdAt, ...replaced.flatMap(({ since, told }) => (told === 1 ? [] : [Number(since)]))),
      partition ?? null,
      Number(partition === undefined),
    );
    if (notification === undefined) this.#receivers.release(groupKey);
  }

  lease({ sink, epoch }: SinkLease, query: LeaseQuery): readonly LeasedDelivery[] {
    const { now } = query;
    const rows = this.#due(sink, query);
    for (const row of rows) this.#sql.take.run(epoch, Number(row["seq"]));
    return rows.flatMap(
      (row) => toLeased(row, this.#receivers) ?? this.#buryUnreadable(row, { sink, epoch }, now),
    );
  }

  /** The due rows, and with each row of a bundle the other due rows of the bundle, which count as one. */
  #due(sink: string, { now, deliveries, closed = [] }: LeaseQuery): readonly Row[] {
    const known = JSON.stringify(closed);
    const bundles = new Set<unknown>();
    return this.#sql.due.all(sink, now, known, deliveries).flatMap((row) => {
      const { bundle } = row;
      if (typeof bundle !== "string") return [row];
      if (bundles.has(bundle)) return [];
      bundles.add(bundle);
      return this.#sql.bundled.all(sink, bundle, now, known);
    });
  }

  /** Makes a dead letter of a damaged row, which would stop all others of its sink. */
  #buryUnreadable(row: Row, lease: SinkLease, now: number): [] {
    const id = String(row["id"]);
    this.#settle({ id, outcome: "dead", at: now, error: "its row in the state file cannot be read" }, lease);
    this.#onUnreadable(`delivery ${id}: a dead letter now`);
    return [];
  }

  /** Ends an attempt; see `SettleDelivery`. */
  settle(result: AttemptResult, lease: SinkLease): number | undefined {
    return this.#settle(result, lease);
  }

  /** Lets rows wait again that holders of the sink before this epoch have leased. */
  returnLeases(sink: string, epoch: number): void {
    this.#sql.returnLeases.run(sink, epoch);
  }

  outcomes(partition: number, limit: number): readonly DeliveryOutcome[] {
    return this.#sql.outcomes.all(partition, limit).map(toOutcome);
  }

  markAdopted(ids: readonly string[]): void {
    for (const id of ids) this.#sql.note.run(id);
  }

  nextDueAt(sink: string, closed: readonly string[]): number | undefined {
    const at = this.#sql.nextDue.get(sink, JSON.stringify(closed))?.["at"];
    return typeof at === "number" ? at : undefined;
  }

  /** See `Outbox`. Of a row that was squeezed too little is left. */
  toldEnds(
    sink: string,
    { since, limit }: { readonly since: number; readonly limit: number },
  ): readonly NotifiedAlert[] {
    return this.#sql.delivered.all(since, sink, limit).flatMap((row) => {
      // Written by `add` from the same type.
      const notification = fromStoredJson(row["notification"]) as Partial<Notification> | undefined;
      const isWhole = notification?.version === "1";
      return isWhole ? (notification.alerts ?? []).filter(({ status }) => status === "resolved") : [];
    });
  }

  /** Makes dead letters of all waiting rows of the sink. @returns The partition of each. */
  bury(sink: string, now: number, error: string): readonly (number | undefined)[] {
    return this.#sql.bury.all(now, error, sink).map(({ p }) => (typeof p === "number" ? p : undefined));
  }

  /**
   * Forgets some rows that ended before `before`, whose outcome an engine has adopted, and that are no dead letters.
   *
   * @returns Whether there may be more.
   */
  sweep(before: number): boolean {
    return this.#sql.forget.run(before, SWEEP).changes === SWEEP;
  }

  /** Forgets ended rows, and the parts of others, that only lists show. @returns Whether there may be more. */
  squeeze(now: number): boolean {
    this.#sql.unlistExpired.run();
    const hasMore = this.sweep(now + 1);
    return this.#sql.strip.run(SWEEP).changes === SWEEP || hasMore;
  }
}

type Row = Record<string, unknown>;

function toLeased(row: Row, receivers: Receivers): LeasedDelivery | undefined {
  // Written by `add` from the same type.
  const notification = fromStoredJson(row["notification"]) as Notification | undefined;
  if (notification === undefined) return undefined;
  const sink = String(row["sink"]);
  const groupKey = String(row["group_key"]);
  return {
    id: String(row["id"]),
    sink,
    groupKey,
    bundle: typeof row["bundle"] === "string" ? row["bundle"] : undefined,
    notification,
    attempt: Number(row["attempt"]),
    remaining: fromStoredJson(row["remaining"]),
    receiver: receivers.recall(sink, groupKey),
    createdAt: Number(row["created_at"]),
    expiresAt: row["expires_at"] === null ? undefined : Number(row["expires_at"]),
  };
}
