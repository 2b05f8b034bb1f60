import { type EntityRow, entityRows } from "./entity-rows.ts";
import type { PostgresTenure } from "./postgres-tenure.ts";

/**
 * All entities of a partition, in steps: an alert with its parts, and each kind in stored order. The next step is on its
 * way while the caller has one.
 */
export async function* loadSteps(
  tenure: Pick<PostgresTenure, "read">,
  partition: number,
): AsyncGenerator<readonly EntityRow[]> {
  const [kinds] = await tenure.read([entityRows.kinds(partition)]);
  for (const { kind } of kinds?.rows ?? []) {
    let next = readPage(tenure, partition, String(kind), 0n);
    for (;;) {
      const { rows, last } = await next;
      if (last === undefined) break;
      next = readPage(tenure, partition, String(kind), last);
      // It is awaited when the caller comes back, and may fail before.
      next.catch(() => undefined);
      yield rows;
    }
  }
}

async function readPage(
  tenure: Pick<PostgresTenure, "read">,
  partition: number,
  kind: string,
  after: bigint,
): Promise<{ readonly rows: readonly EntityRow[]; readonly last: bigint | undefined }> {
  const [answer] = await tenure.read([entityRows.page(partition, kind, after)]);
  const rows = (answer?.rows ?? []).map(entityRows.fromRow);
  const inOrder = rows.toSorted((one, other) => Number(one.seq - other.seq));
  const parts = Map.groupBy(inOrder, ({ partOf }) => partOf);
  const whole = parts.get(undefined) ?? [];
  return { rows: whole.flatMap((row) => [row, ...(parts.get(row.key) ?? [])]), last: whole.at(-1)?.seq };
}
