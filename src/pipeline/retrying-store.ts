import type { Clock } from "../lib/clock.ts";
import { errorText, isFenced } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { EngineStore } from "../store/index.ts";

/** Waits between attempts, milliseconds. */
const RETRY_MS = { first: 100, longest: 5000 } as const;

/** The part of a store that the pipeline uses. */
export type PipelineStore = Pick<EngineStore, "seen" | "owners" | "commit" | "outcomes" | "commands">;

/** A store whose calls are repeated until they succeed. */
export interface RetryingStore extends PipelineStore {
  /** The last error of the store; "" while it works. */
  trouble(): string;
}

/**
 * Repeats failed calls without end: the engine is ahead of the store, so no other input may come until the store has
 * its last changes. Only two things end this, by a rejection: the signal, and ERR_FENCED, because then another process
 * goes on from the stored state. Neither loses an event, because uncommitted events were not acknowledged.
 */
export function retryingStore(
  store: PipelineStore,
  parts: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly signal: AbortSignal;
    readonly onFailure: () => void;
  },
): RetryingStore {
  const { clock, log, signal } = parts;
  let trouble = "";
  const insist = async <T>(attempt: () => Promise<T>): Promise<T> => {
    for (let waitMs: number = RETRY_MS.first; ; waitMs = Math.min(2 * waitMs, RETRY_MS.longest)) {
      try {
        const answer = await attempt();
        if (trouble !== "") log.info("the store works again");
        trouble = "";
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        if (isFenced(error)) throw error;
        parts.onFailure();
        const text = errorText(error);
        if (text !== trouble)
          log.error("the store does not work; events wait until it does", { error: text });
        trouble = text;
        await clock.sleep(waitMs, signal);
      }
    }
  };
  return {
    seen: (lineages) => insist(() => store.seen(lineages)),
    owners: (objects) => insist(() => store.owners(objects)),
    commit: (changes) => insist(() => store.commit(changes)),
    commands: (limit) => insist(() => store.commands(limit)),
    outcomes: (limit) => insist(() => store.outcomes(limit)),
    trouble: () => trouble,
  };
}
