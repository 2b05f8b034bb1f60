import type { RawEvent } from "../../event/index.ts";
import { type ApiClient, ConnectionError } from "../../kube/index.ts";
import { TIMING } from "./timing.ts";

/** The progress of a list. */
export interface ListCursor {
  /** "" at the start. */
  readonly continueToken: string;
  /** How often the server compacted the snapshot under it. */
  readonly restarts: number;
}

/** The start of a list. */
export const LIST_START: ListCursor = { continueToken: "", restarts: 0 };

/** One page of a list. */
export interface ListPage {
  /** In the order of names; without kind and apiVersion. */
  readonly items: readonly RawEvent[];
  /** Of the snapshot, the same on each page: a watch may start here. */
  readonly resourceVersion: string;
  /** "" on the last page. */
  readonly continueToken: string;
  /** Of the Date header, epoch milliseconds. */
  readonly date: number | undefined;
}

/** A query: a page of a consistent snapshot, or whether the server has reached a version. */
export type ListQuery = { readonly cursor: ListCursor } | { readonly notOlderThan: string };

/** Fetches one page. @throws {ApiError} 410 when the server compacted the snapshot behind a continue token. */
export async function fetchPage(
  client: ApiClient,
  path: string,
  query: ListQuery,
  signal: AbortSignal,
): Promise<ListPage> {
  const place = `${path}?${toQuery(query).toString()}`;
  const { body, date } = await client.getJson(place, { signal, deadlineMs: TIMING.requestDeadline });
  // The code below checks the list; normalise checks everything else of an item.
  const list = body as {
    readonly items?: readonly RawEvent[] | null;
    readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: unknown } | null;
  } | null;
  const items = list?.items ?? [];
  const resourceVersion = list?.metadata?.resourceVersion;
  if (typeof resourceVersion !== "string" || resourceVersion === "" || !Array.isArray(items)) {
    throw new ConnectionError(`GET ${path}: the answer is not a list with a resourceVersion`, {
      midway: true,
    });
  }
  const token = list?.metadata?.continue;
  return { items, resourceVersion, continueToken: typeof token === "string" ? token : "", date };
}

/**
 * Restarts a list after 410 on a continue token. The token in that answer is for an inconsistent list, so it is not
 * used.
 */
export function restarted({ restarts }: ListCursor): ListCursor {
  return { continueToken: "", restarts: restarts + 1 };
}

function toQuery(query: ListQuery): URLSearchParams {
  if ("notOlderThan" in query) {
    // Without the match parameter older servers take a limit with a version to mean "exactly".
    return new URLSearchParams({
      limit: "1",
      resourceVersion: query.notOlderThan,
      resourceVersionMatch: "NotOlderThan",
    });
  }
  const { continueToken, restarts } = query.cursor;
  return new URLSearchParams({
    ...(restarts > TIMING.listRestarts ? {} : { limit: String(TIMING.pageSize) }),
    ...(continueToken === "" ? {} : { continue: continueToken }),
  });
}
