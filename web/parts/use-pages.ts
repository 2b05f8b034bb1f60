import { type ApiError, ask } from "../state/api.ts";
import { useReading } from "./use-answer.ts";

/** One page of any list of the API. */
interface Page<Item> {
  /** The bridge's time, RFC 3339. */
  readonly at: string;
  readonly items: readonly Item[];
  readonly next: string | null;
  /** Of a list of the past: from when on it lacks nothing, RFC 3339; null when nothing is kept. */
  readonly keptSince?: string | null;
}

/** A list that grows page by page. */
export interface Pages<Item> extends Partial<Pick<Page<Item>, "at" | "items" | "keptSince">> {
  readonly problem: ApiError | undefined;
  /** Reads the next page; undefined when all is read. */
  readonly more: (() => void) | undefined;
  /** Asks for the list again. */
  readonly again: () => void;
}

/**
 * Reads a list; pages after the first come when somebody asks. When the turn changes, all pages that are shown are read
 * again, so that no row goes while somebody looks at it, and none stays as it was.
 *
 * @param path With its query, which has a `?`. @returns Without items until the first page is there.
 */
export function usePages<Item>(path: string, turn?: number | string): Pages<Item> {
  const { answer, problem, again, more } = useReading(path, turn, (signal, pages) =>
    readPages<Item>(path, pages, signal),
  );
  const hasMore = answer !== undefined && answer.next !== null;
  return { ...answer, problem, more: hasMore ? more : undefined, again };
}

async function readPages<Item>(path: string, pages: number, signal: AbortSignal): Promise<Page<Item>> {
  const first = await ask<Page<Item>>(path, signal);
  const items = [...first.items];
  let { next } = first;
  for (let page = 1; page < pages && next !== null; page++) {
    const following: Page<Item> = await ask(`${path}&cursor=${encodeURIComponent(next)}`, signal);
    items.push(...following.items);
    ({ next } = following);
  }
  return { ...first, items, next };
}
