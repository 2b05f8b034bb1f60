import { useEffect, useState } from "preact/hooks";

import { type ApiError, ask } from "../state/api.ts";
import { useAnswer } from "./use-answer.ts";

/** One page of any list of the API. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list that grows page by page. */
export interface Pages<Item> {
  /** Undefined until the first page is there. */
  readonly items: readonly Item[] | undefined;
  readonly problem: ApiError | undefined;
  /** Reads the next page; undefined when all is read. */
  readonly more: (() => void) | undefined;
  /** Asks for the first page again. */
  readonly again: () => void;
}

/** Reads a list; pages after the first come when somebody asks. @param path With its query, which has a `?`. */
export function usePages<Item>(path: string, turn?: number | string): Pages<Item> {
  const first = useAnswer<Page<Item>>(path, turn);
  const [rest, setRest] = useState<Page<Item> | undefined>(undefined);
  useEffect(() => setRest(undefined), [first.answer]);
  const next = (rest ?? first.answer)?.next ?? null;
  const read = async (cursor: string): Promise<void> => {
    const page = await ask<Page<Item>>(`${path}&cursor=${encodeURIComponent(cursor)}`);
    setRest({ items: [...(rest?.items ?? []), ...page.items], next: page.next });
  };
  return {
    items: first.answer && [...first.answer.items, ...(rest?.items ?? [])],
    problem: first.problem,
    // A page that does not come leaves the button where it is.
    more: next === null ? undefined : () => void read(next).catch(() => undefined),
    again: first.again,
  };
}
