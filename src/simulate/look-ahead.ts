/** The beginning of a sequence that was read ahead, and the whole of it. */
export interface Ahead<T> {
  /** Whether an item at the beginning is one of those looked for. */
  readonly found: boolean;
  /** Every item, also those that were read ahead; to be read once. */
  readonly all: AsyncIterable<T>;
}

/** Reads a sequence until an item is as wanted, and at most so many items. */
export async function lookAhead<T>(
  items: AsyncIterable<T>,
  isWanted: (item: T) => boolean,
  most: number,
): Promise<Ahead<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const head: T[] = [];
  let found = false;
  while (!found && head.length < most) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head.push(value);
    found = isWanted(value);
  }
  return { found, all: joined(head, iterator) };
}

async function* joined<T>(head: readonly T[], rest: AsyncIterator<T>): AsyncGenerator<T> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
