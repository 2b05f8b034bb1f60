/** What a stream says of itself; its news goes into the page's state by itself. */
export interface StreamWatcher {
  /** It works. */
  readonly onHello: () => void;
  /** Too much was missed: everything must be read anew. */
  readonly onResync: () => void;
  readonly onEnd: () => void;
}

/** One connection to `/api/v1/stream`. */
export interface Stream {
  /** The id of the last news, by which the next stream goes on; empty for none. */
  readonly lastId: () => string;
  close(): void;
}

/** Opens a stream. @param after The last id that was seen; empty to begin with what comes next. */
export type OpenStream = (after: string, watcher: StreamWatcher) => Stream;
