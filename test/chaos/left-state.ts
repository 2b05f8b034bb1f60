import { type History, RECORD_SINKS } from "./history.ts";
import type { StateFile } from "./state-file.ts";

/**
 * I5: a stored position stands for what is stored with it. Everything the server had written up to it has to be
 * known, and everything known has to be delivered, waiting or dead.
 */
export function findAhead(state: StateFile, history: History): readonly string[] {
  return [...findUnseen(state, history), ...findUntold(state, history)];
}

function findUnseen(
  { positions, seen }: StateFile,
  { schedule, writes, lostHistory }: History,
): readonly string[] {
  // One stream per namespace: the one that has read the least says what all have read.
  const [position] = positions.toSorted((a, b) => Number(a.resourceVersion) - Number(b.resourceVersion));
  if (position === undefined || positions.length < Math.max(1, schedule.namespaces.length)) return [];
  // Deletions in a lost history cannot have been seen.
  const deleted = new Map(
    lostHistory
      ? writes.filter(({ write }) => write.op === "delete").map((record) => [record.write.lineage, record.at])
      : [],
  );
  return writes.flatMap(({ write, ok, resourceVersion, at }) => {
    if (at < (deleted.get(write.lineage) ?? 0)) return [];
    const lineage = schedule.lineages[write.lineage];
    if (!ok || write.op === "delete" || resourceVersion === undefined || lineage === undefined) return [];
    if (Number(resourceVersion) > Number(position.resourceVersion)) return [];
    if (schedule.namespaces.length > 0 && !schedule.namespaces.includes(lineage.namespace)) return [];
    const known = seen.get(`${lineage.namespace}/${lineage.name}`);
    if (known !== undefined && Number(known.resourceVersion) >= Number(resourceVersion)) return [];
    const has = known === undefined ? "nothing" : `version ${known.resourceVersion}`;
    return [
      `I5: position ${position.resourceVersion} is ahead of ${lineage.name}#${write.state}: ` +
        `version ${resourceVersion} was written, ${has} is known`,
    ];
  });
}

/** Of Events that were only ever counted up, the sum of what was forwarded is the count that is known. */
function findUntold(state: StateFile, { schedule, writes, receipts }: History): readonly string[] {
  const byLineage = Map.groupBy(writes, ({ write }) => write.lineage);
  const known = schedule.lineages.flatMap(({ namespace, name }, index) => {
    const row = state.seen.get(`${namespace}/${name}`);
    const records = byLineage.get(index) ?? [];
    const grows = records.every(
      ({ write }, at) => write.op !== "delete" && write.count > countAt(records, at),
    );
    return row === undefined || !grows ? [] : [{ name, count: row.count }];
  });
  return RECORD_SINKS.flatMap((sink) => {
    const deltas = new Map<string, { readonly name: string; readonly delta: number }>();
    for (const { id, body, sink: from } of receipts) {
      if (from === sink && body.event !== undefined)
        deltas.set(id, { name: body.event.name, delta: body.delta ?? 0 });
    }
    for (const row of [...state.waiting, ...state.dead].filter((left) => left.sink === sink)) {
      // Records as the bridge makes them.
      const body = JSON.parse(row.body) as {
        readonly event: { readonly name: string };
        readonly delta: number;
      };
      deltas.set(row.id, { name: body.event.name, delta: body.delta });
    }
    const sums = new Map<string, number>();
    for (const { name, delta } of deltas.values()) sums.set(name, (sums.get(name) ?? 0) + delta);
    return known
      .filter(({ name, count }) => (sums.get(name) ?? 0) !== count)
      .map(
        ({ name, count }) =>
          `I5: ${sink}: ${name}: ${count} known, ${sums.get(name) ?? 0} forwarded or waiting`,
      );
  });
}

function countAt(records: History["writes"], index: number): number {
  return records[index - 1]?.write.count ?? 0;
}
