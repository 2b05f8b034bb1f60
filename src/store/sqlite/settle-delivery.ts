import type { DatabaseSync } from "node:sqlite";

import type { AttemptResult } from "../outbox.ts";
import { toStoredJson } from "../rows/stored-json.ts";
import type { SinkLease } from "./delivery-rows.ts";
import type { Receivers } from "./receivers.ts";

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
    `SELECT seq, group_key, opening, told, p FROM delivery
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
            remaining = coalesce(?4, remaining), destination = coalesce(?5, destination),
            told = max(told, ?6), opening = min(opening, 1 - ?6)
      WHERE seq = ?7`,
  );
  const newer = database.prepare(
    "SELECT 1 FROM delivery WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND seq > ?",
  );
  const dropEnd = database.prepare(
    `UPDATE delivery SET state = 'superseded', ended_at = ?
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting' AND kind = 'resolved'`,
  );
  const becomeOpening = database.prepare(
    `UPDATE delivery SET opening = 1
      WHERE sink = ? AND group_key = ? AND ended_at IS NULL AND state = 'waiting'`,
  );

  type Retry = Extract<AttemptResult, { readonly outcome: "retry" }>;
  /** Lets a row wait for its next attempt. @returns Whether it does: a row that a newer one finishes is done. */
  const putBack = (retry: Retry, { sink, groupKey, seq }: RowName): boolean => {
    const { dueAt, started, error, destination = null, isTold = false } = retry;
    receivers.remember(sink, groupKey, retry.receiver);
    // The newer message tidies up as well, and need not wait for that.
    if (isTold && newer.get(sink, groupKey, seq) !== undefined) return false;
    const remaining = toStoredJson(retry.remaining, MOST_REMAINING_BYTES) ?? null;
    wait.run(dueAt, started ? 0 : 1, error, remaining, destination, Number(isTold), seq);
    return true;
  };

  return (settlement, { sink, epoch }) => {
    const row = leased.get(settlement.id, sink, epoch);
    if (row === undefined) return undefined;
    const seq = Number(row["seq"]);
    const groupKey = String(row["group_key"]);
    const partition = typeof row["p"] === "number" ? row["p"] : undefined;
    if (settlement.outcome === "retry") {
      if (putBack(settlement, { sink, groupKey, seq })) return undefined;
      end.run("delivered", settlement.at, "", seq);
      return partition;
    }
    const { at } = settlement;
    // A row that was told has reached its receiver, whatever becomes of the rest.
    const outcome = settlement.outcome === "expired" && row["told"] === 1 ? "delivered" : settlement.outcome;
    end.run(outcome, at, settlement.outcome === "dead" ? settlement.error : "", seq);
    if (settlement.outcome === "delivered") receivers.remember(sink, groupKey, settlement.receiver);
    if (outcome === "dead" && row["opening"] === 1) {
      // If the opening is dead, drop a waiting `resolved` and turn a waiting update into the opening.
      dropEnd.run(at, sink, groupKey);
      becomeOpening.run(sink, groupKey);
    }
    receivers.release(groupKey);
    return partition;
  };
}

/** Where a row belongs. */
interface RowName {
  readonly sink: string;
  readonly groupKey: string;
  readonly seq: number;
}
