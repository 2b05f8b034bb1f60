import type { StoreHost } from "../../src/store/index.ts";

/** One store under test, as two owners have it. */
export interface StoreBed {
  /** The clock of the store stands at 1000. */
  readonly hosts: readonly [StoreHost, StoreHost];
  /** Closes both and opens what the store kept, as after the end of its process; undefined when it keeps nothing. */
  readonly reopen: (() => Promise<readonly [StoreHost, StoreHost]>) | undefined;
}
