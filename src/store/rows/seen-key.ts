/** The primary key of a seen row: its lineage behind the last dot, and up to there. */
export type SeenKey = readonly [tail: string, head: string];

/** Names of Events end in a dot and their time, so that the order of the keys is that of the times. */
export function seenKeyOf(lineage: string): SeenKey {
  const end = lineage.lastIndexOf(".") + 1;
  return [lineage.slice(end), lineage.slice(0, end)];
}
