/** Items by each value that they name, and items that name none, in their order. */
export interface GroupedByValues<Item> {
  readonly named: ReadonlyMap<string, readonly Item[]>;
  readonly open: readonly Item[];
}

/** Groups items by values; an item with several is in several groups. Undefined values are none. */
export function groupByValues<Item>(
  items: readonly Item[],
  valuesOf: (item: Item) => ReadonlySet<string> | undefined,
): GroupedByValues<Item> {
  const named = new Map<string, Item[]>();
  const open: Item[] = [];
  for (const item of items) {
    const values = valuesOf(item);
    if (values === undefined) open.push(item);
    for (const value of values ?? []) {
      const group = named.get(value);
      if (group === undefined) named.set(value, [item]);
      else group.push(item);
    }
  }
  return { named, open };
}
