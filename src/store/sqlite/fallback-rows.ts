import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { NewDelivery, Notification } from "../../alert/index.ts";
import type { FallenBack, OverdueDelivery, OverdueQuery } from "../outbox.ts";
import type { DeliveryRows } from "./delivery-rows.ts";
import { prepareAll } from "./prepare-all.ts";

const ROW = `SELECT d.seq AS seq, d.id, d.group_key, d.bundle, d.notification, d.state = 'dead' AS dead,
                    f.sink IS NOT NULL AS told`;

const SQL = {
  // Ends come first, so that a group that fires again comes after its end.
  overdue: `
    ${ROW} FROM fallback_group f JOIN delivery d ON d.id = f.resolved_id
     WHERE f.sink = ?1 AND f.resolved_id IS NOT NULL AND json_valid(d.notification)
    UNION ALL
    SELECT * FROM (
      ${ROW} FROM delivery d LEFT JOIN fallback_group f ON f.sink = d.sink AND f.group_key = d.group_key
       WHERE d.sink = ?1 AND d.ended_at IS NULL AND d.fell_back = 0 AND d.told = 0 AND d.since <= ?2
         AND json_valid(d.notification)
      UNION ALL
      ${ROW} FROM delivery d LEFT JOIN fallback_group f ON f.sink = d.sink AND f.group_key = d.group_key
       WHERE d.sink = ?1 AND d.listed = 1 AND d.state = 'dead' AND d.fell_back = 0 AND d.ended_at >= ?3
         AND json_valid(d.notification)
      ORDER BY seq)
    LIMIT ?4`,
  mark: "UPDATE delivery SET fell_back = 1 WHERE id = ? AND sink = ? RETURNING p, group_key, kind",
  tell: "INSERT OR IGNORE INTO fallback_group (sink, group_key) VALUES (?, ?)",
  end: "UPDATE fallback_group SET resolved_id = ? WHERE sink = ? AND group_key = ?",
  ended: "DELETE FROM fallback_group WHERE sink = ? AND group_key = ?",
  forget: "DELETE FROM fallback_group WHERE group_key = ? AND resolved_id IS NULL",
} as const;

/** Finds the deliveries for a fallback, and keeps the groups that it was sent. */
export class FallbackRows {
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #deliveries: Pick<DeliveryRows, "add">;

  constructor(database: DatabaseSync, deliveries: Pick<DeliveryRows, "add">) {
    this.#sql = prepareAll(database, SQL);
    this.#deliveries = deliveries;
  }

  /** Plans the end for a fallback that was sent the beginning of the group, whether or not the sink works again. */
  recordEnd({ id, sink, groupKey, notification }: NewDelivery): void {
    if (notification.kind === "resolved") this.#sql.end.run(id, sink, groupKey);
  }

  overdue(sink: string, { waitingSince, deadSince, limit }: OverdueQuery): readonly OverdueDelivery[] {
    return this.#sql.overdue.all(sink, waitingSince, deadSince, limit).map((row) => ({
      id: String(row["id"]),
      groupKey: String(row["group_key"]),
      bundle: typeof row["bundle"] === "string" ? row["bundle"] : undefined,
      // Written by `DeliveryRows.add` from the same type.
      notification: JSON.parse(String(row["notification"])) as Notification,
      isDead: row["dead"] === 1,
      isTold: row["told"] === 1,
    }));
  }

  /** Adds copies for the fallback. @param sink The sink of these deliveries; rows of other sinks stay as they are. */
  fallBack(sink: string, rows: readonly FallenBack[]): void {
    for (const { id, copy } of rows) {
      const marked = this.#sql.mark.get(id, sink);
      if (marked === undefined) continue;
      const { p, group_key: groupKey = "", kind } = marked;
      if (kind === "resolved") this.#sql.ended.run(sink, groupKey);
      if (copy === undefined) continue;
      this.#deliveries.add(copy, typeof p === "number" ? p : undefined);
      // A copy for one fallback does not go to the next one.
      this.#sql.mark.get(copy.id, copy.sink);
      if (kind !== "resolved") this.#sql.tell.run(sink, groupKey);
    }
  }

  /** Forgets a group that the engine has forgotten: it sends no end any more. */
  forget(groupKey: string): void {
    this.#sql.forget.run(groupKey);
  }
}
