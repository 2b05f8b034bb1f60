import type { OwnerRow } from "../../alert/index.ts";
import { defineColumns } from "./columns.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** Rows that one sweep forgets. */
export const OWNER_SWEEP = 1000;

const ROWS = defineColumns<OwnerRow>(2, {
  object: ["text", (row) => row.object],
  owner: ["text", (row) => row.owner],
  node: ["text", (row) => row.node],
  expires_at: ["bigint", (row) => row.expiresAt],
});
const KEYS = defineColumns<string>(2, { object: ["text", (object) => object] });

const SQL = nameStatements("owner", {
  find: `SELECT owner.* FROM ${KEYS.from} AS sent JOIN owner ON owner.p = $1 AND owner.object = sent.object`,
  // A known owner stays, and the newer node counts.
  write: `INSERT INTO owner SELECT $1::integer, * FROM ${ROWS.from} AS sent
     ON CONFLICT (p, object) DO UPDATE SET
       owner = CASE owner.owner WHEN '' THEN excluded.owner ELSE owner.owner END,
       node = CASE excluded.node WHEN '' THEN owner.node ELSE excluded.node END,
       expires_at = greatest(owner.expires_at, excluded.expires_at)
     RETURNING object, owner, node, expires_at`,
  sweep: `DELETE FROM owner WHERE p = $1 AND object IN (
       SELECT object FROM owner WHERE p = $1 AND expires_at <= $2 ORDER BY object LIMIT ${OWNER_SWEEP})`,
});

/** The statements about the known owners and nodes of objects. */
export const ownerRows = {
  find: (partition: number, objects: readonly string[]): Statement =>
    SQL.find(partition, ...KEYS.of(objects)),
  /** Answers the rows as they are now. One statement for each time that an object occurs, mostly one or none. */
  write: (partition: number, rows: readonly OwnerRow[]): readonly Statement[] =>
    rounds(rows).map((round) => SQL.write(partition, ...ROWS.of(round))),
  /** Forgets some that have expired. */
  sweep: (partition: number, now: number): Statement => SQL.sweep(partition, now),
  fromRow: (row: Row): OwnerRow => ({
    object: String(row["object"]),
    owner: String(row["owner"]),
    node: String(row["node"]),
    expiresAt: Number(row["expires_at"]),
  }),
};

/** The rows in their order, divided so that none has an object twice. */
function rounds(rows: readonly OwnerRow[]): readonly (readonly OwnerRow[])[] {
  const seen = new Map<string, number>();
  const divided: OwnerRow[][] = [];
  for (const row of rows) {
    const round = seen.get(row.object) ?? 0;
    seen.set(row.object, round + 1);
    (divided[round] ??= []).push(row);
  }
  return divided;
}
