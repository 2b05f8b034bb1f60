import type { Position } from "../../event/index.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

const SQL = nameStatements("position", {
  all: "SELECT * FROM position WHERE p = $1",
  write: `INSERT INTO position VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (p, cluster, scope) DO UPDATE SET
       cluster_id = excluded.cluster_id, epoch = excluded.epoch, resource_version = excluded.resource_version,
       coverage_start_at = excluded.coverage_start_at, updated_at = excluded.updated_at`,
});

/** The statements about the positions up to which the streams of a source were read. */
export const positionRows = {
  all: (partition: number): Statement => SQL.all(partition),
  write: (partition: number, positions: readonly Position[]): readonly Statement[] =>
    positions.map((row) =>
      SQL.write(
        partition,
        row.cluster,
        row.scope,
        row.clusterId,
        row.epoch,
        row.resourceVersion,
        row.coverageStartAt,
        row.updatedAt,
      ),
    ),
  fromRow: (row: Row): Position => ({
    cluster: String(row["cluster"]),
    scope: String(row["scope"]),
    clusterId: String(row["cluster_id"]),
    epoch: Number(row["epoch"]),
    resourceVersion: String(row["resource_version"]),
    coverageStartAt: Number(row["coverage_start_at"]),
    updatedAt: Number(row["updated_at"]),
  }),
};
