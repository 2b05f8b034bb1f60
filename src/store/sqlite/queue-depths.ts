import type { DatabaseSync } from "node:sqlite";

import type { QueueDepth } from "../queries.ts";

/** Counts the waiting and dead rows of each sink, deliveries and records together; rows being sent count as waiting. */
export function createQueueDepths(database: DatabaseSync): () => readonly QueueDepth[] {
  const select = database.prepare(
    `SELECT sink, sum(waiting) AS waiting, min(oldest) AS oldest, sum(dead) AS dead FROM (
       SELECT sink, count(*) AS waiting, min(created_at) AS oldest, 0 AS dead
         FROM delivery WHERE ended_at IS NULL GROUP BY sink
       UNION ALL SELECT sink, 0, NULL, count(*) FROM delivery WHERE listed = 1 GROUP BY sink
       UNION ALL SELECT sink, count(*),
                        (SELECT created_at FROM record o WHERE o.sink = record.sink ORDER BY seq LIMIT 1), 0
                   FROM record GROUP BY sink
       UNION ALL SELECT sink, 0, NULL, count(*) FROM dead_record GROUP BY sink)
     GROUP BY sink ORDER BY sink`,
  );
  return () =>
    select.all().map((row) => ({
      sink: String(row["sink"]),
      waiting: Number(row["waiting"]),
      oldestAt: row["oldest"] === null ? undefined : Number(row["oldest"]),
      dead: Number(row["dead"]),
    }));
}
