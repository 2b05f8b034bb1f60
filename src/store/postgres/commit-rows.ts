import type { Changes, Entity, NewRecord } from "../../alert/index.ts";
import { activityRows } from "./activity-rows.ts";
import { addDeliveries, releaseReceivers } from "./add-deliveries.ts";
import { defineColumns } from "./columns.ts";
import { decisionRows } from "./decision-rows.ts";
import { endedRows } from "./ended-rows.ts";
import { entityRows } from "./entity-rows.ts";
import { ownerRows } from "./owner-rows.ts";
import { positionRows } from "./position-rows.ts";
import type { Work } from "./postgres-tenure.ts";
import { seenRows } from "./seen-rows.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** The Changes of one commit, and what is known beside them. */
export interface CommitRows {
  readonly partition: number;
  readonly changes: Changes;
  /** The records among them that have room. */
  readonly records: readonly NewRecord[];
  /** The alerts among them whose columns may have changed. */
  readonly moved: readonly Entity[];
  readonly keepsHistory: boolean;
}

const RECORDS = defineColumns<NewRecord>(1, {
  id: ["text", ({ id }) => id],
  sink: ["text", ({ sink }) => sink],
  due_at: ["bigint", ({ createdAt }) => createdAt],
  created_at: ["bigint", ({ createdAt }) => createdAt],
  expires_at: ["bigint", ({ expiresAt }) => expiresAt],
  body: ["text", ({ body }) => body],
});
const IDS = defineColumns<string>(1, { id: ["text", (id) => id] });

const SQL = nameStatements("commit", {
  records: `INSERT INTO record (id, sink, due_at, created_at, expires_at, body) SELECT * FROM ${RECORDS.from} AS sent
     ON CONFLICT (id) DO NOTHING`,
  note: `UPDATE delivery SET noted = true WHERE id IN (SELECT id FROM ${IDS.from} AS sent) AND ended_at IS NOT NULL`,
  commandDone: "DELETE FROM command WHERE p = $1 AND id = $2",
  // The fallback that was sent the beginning of the group gets its end, whether or not the sink works again.
  planEnd: "UPDATE fallback_group SET resolved_id = $1 WHERE sink = $2 AND group_key = $3",
  forgetGroup: "DELETE FROM fallback_group WHERE group_key = $1 AND resolved_id IS NULL",
});

/**
 * The transaction of one commit: one flight, or two where deliveries replace what waits. First the owners, if any, so that
 * the first answers are theirs.
 */
export function commitRows({ partition, changes, records, moved, keepsHistory }: CommitRows): Work {
  return async (send) => {
    const deliveries = await addDeliveries(send, changes.deliveries, partition);
    return [
      ...ownerRows.write(partition, changes.owners),
      ...seenRows.write(partition, changes.seen),
      ...positionRows.write(partition, changes.positions),
      ...entityRows.write(partition, changes.entities, moved),
      ...deliveries,
      ...changes.deliveries.flatMap(({ id, sink, groupKey, notification }) =>
        notification.kind === "resolved" ? [SQL.planEnd(id, sink, groupKey)] : [],
      ),
      ...(records.length === 0 ? [] : [SQL.records(...RECORDS.of(records))]),
      ...decisionRows.write(changes),
      ...(keepsHistory
        ? [...endedRows.write(changes), ...activityRows.write(partition, changes.activity)]
        : []),
      ...(changes.notedOutcomes.length === 0 ? [] : [SQL.note(...IDS.of(changes.notedOutcomes))]),
      ...changes.doneCommands.map((id) => SQL.commandDone(partition, id)),
      ...changes.entities.forget.flatMap(({ kind, key }) => (kind === "group" ? forgetGroup(key) : [])),
    ];
  };
}

function forgetGroup(key: string): readonly Statement[] {
  return [releaseReceivers(key), SQL.forgetGroup(key)];
}
