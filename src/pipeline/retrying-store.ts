import type { Clock } from "../lib/clock.ts";
import { errorText, isFenced } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { EngineStore } from "../store/index.ts";

/** Waits between attempts, milliseconds. */
const RETRY_MS = { first: 100, longest: 5000 } as const;

/** What the pipeline asks of a store. */
export type PipelineStore = Pick<EngineStore, "seen" | "owners" | "commit" | "outcomes" | "commands">;

/** A store whose calls are repeated until they succeed. */
export interface RetryingStore extends PipelineStore {
  /** What keeps it from working, "" when nothing does. */
  trouble(): string;
}

/**
 * Repeats what fails, for ever: the engine has moved on, so nothing else may be fed until the store has followed.
 * Two things end that, by a rejection: the signal, and ERR_FENCED, since then another process goes on from what is
 * stored. Nothing is lost by either, since what is not committed was not acknowledged.
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
