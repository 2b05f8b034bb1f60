/** Keys and indexes from the root of a value. */
type Path = readonly (string | number)[];

/** A copy of plain data without the values at these paths; a list is dropped whole, so that no index moves. */
export function withoutPaths(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0 || typeof value !== "object" || value === null) return value;
  if (paths.some(([key]) => key === undefined)) return undefined;
  if (Array.isArray(value)) {
    if (paths.some((path) => path.length < 2)) return undefined;
    return value.map((item: unknown, index) => withoutPaths(item, below(paths, index)));
  }
  const kept = Object.entries(value).map(([key, item]): [string, unknown] => {
    const inner = below(paths, key);
    return [key, inner.some((path) => path.length === 0) ? undefined : withoutPaths(item, inner)];
  });
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined));
}

function below(paths: readonly Path[], key: string | number): readonly Path[] {
  return paths.filter((path) => path[0] === key).map((path) => path.slice(1));
}
