import type { DatabaseSync } from "node:sqlite";

import type { AttemptResult } from "../outbox.ts";
import type { SinkLease } from "./delivery-rows.ts";
import type { Receivers } from "./receivers.ts";
import { toStoredJson } from "./stored-json.ts";

/** Largest data that an attempt leaves for the next one, such as the refused recipients of a mail. */
const MOST_REMAINING_BYTES = 64 * 1024;

/**
 * Ends an attempt of a delivery that this holding has leased; a result of another row is ignored.
 *
 * @returns The partition whose engine gets an outcome by it; undefined when none does.
 */
export type SettleDelivery = (result: AttemptResult, lease: SinkLease) => number | undefined;

/** Prepares the end of attempts in a file. */
export function createSettleDelivery(database: DatabaseSync, receivers: Receivers): SettleDelivery {
  const leased = database.prepare(
    `SELECT seq, group_key, opening, p FROM delivery
      WHERE id = ? AND state = 'leased' AND sink = ? AND lease = ?`,
  );
  const end = database.prepare(
    `UPDATE delivery SET state = ?1, ended_at = ?2, listed = ?1 IN ('expired', 'dead'), remaining = NULL,
            attempts = attempts - (?1 = 'expired'),
            error = CASE ?1 WHEN 'dead' THEN ?3 WHEN 'expired' THEN rtrim('expired: ' || error, ': ') ELSE error END
      WHERE seq = ?4`,
  );
  const wait = database.prepare(
    `UPDATE delivery SET state = 'waiting', due_at = ?1, attempts = attempts - ?2, error = iif(?3 = '', error, ?3),
            remaining = coalesce(?4, remaining), destination = coalesce(?5, destination)
      WHERE seq = ?6`,
  );
  const dropEnd = database.prepare(
    `UPDATE delivery SET state = 'superseded', ended_at = ?
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting' AND kind = 'resolved'`,
  );
  const becomeOpening = database.prepare(
    `UPDATE delivery SET opening = 1
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting'`,
  );

  return (settlement, { sink, epoch }) => {
    const row = leased.get(settlement.id, sink, epoch);
    if (row === undefined) return undefined;
    const seq = Number(row["seq"]);
    const groupKey = String(row["group_key"]);
    const { outcome, at } = settlement;
    if (outcome === "retry") {
      const { dueAt, started, error, destination = null, receiver } = settlement;
      const remaining = toStoredJson(settlement.remaining, MOST_REMAINING_BYTES) ?? null;
      wait.run(dueAt, started ? 0 : 1, error, remaining, destination, seq);
      receivers.remember(sink, groupKey, receiver);
      return undefined;
    }
    end.run(outcome, at, outcome === "dead" ? settlement.error : "", seq);
    if (outcome === "delivered") receivers.remember(sink, groupKey, settlement.receiver);
    if (outcome === "dead" && row["opening"] === 1) {
      // If the opening is dead, drop a waiting `resolved` and turn a waiting update into the opening.
      dropEnd.run(at, sink, groupKey);
      becomeOpening.run(sink, groupKey);
    }
    receivers.release(groupKey);
    return typeof row["p"] === "number" ? row["p"] : undefined;
  };
}
