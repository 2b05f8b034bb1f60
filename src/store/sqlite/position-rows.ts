import type { DatabaseSync } from "node:sqlite";

import type { Position } from "../../event/index.ts";

/** The positions up to which the streams of a source were read. */
export interface PositionRows {
  all(partition: number): readonly Position[];
  write(partition: number, positions: readonly Position[]): void;
}

/** Prepares the rows of positions of a file. */
export function createPositionRows(database: DatabaseSync): PositionRows {
  const select = database.prepare(
    `SELECT cluster, scope, cluster_id AS clusterId, epoch, resource_version AS resourceVersion,
            coverage_start_at AS coverageStartAt, updated_at AS updatedAt FROM position WHERE p = ?`,
  );
  const put = database.prepare("INSERT OR REPLACE INTO position VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  return {
    // The aliases are the fields of Position.
    all: (partition) => select.all(partition) as unknown as Position[],
    write: (partition, positions) => {
      for (const row of positions) {
        put.run(
          partition,
          row.cluster,
          row.scope,
          row.clusterId,
          row.epoch,
          row.resourceVersion,
          row.coverageStartAt,
          row.updatedAt,
        );
      }
    },
  };
}
