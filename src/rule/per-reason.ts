/** Reasons remembered at once. Clusters know some hundreds; but anybody may write Events. */
const MOST_REASONS = 4096;

/** Remembers what `find` answers for each reason. */
export function perReason<Found extends object>(find: (reason: string) => Found): (reason: string) => Found {
  const known = new Map<string, Found>();
  return (reason) => {
    const remembered = known.get(reason);
    if (remembered !== undefined) return remembered;
    const found = find(reason);
    if (known.size >= MOST_REASONS) known.clear();
    known.set(reason, found);
    return found;
  };
}
