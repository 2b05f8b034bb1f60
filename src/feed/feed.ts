import type { Changes } from "../alert/index.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { type Change, ChangeLog, type ChangeLogLimits } from "./change-log.ts";

/** The part of a commit that is published. */
export type Committed = Pick<Changes, "entities" | "deliveries" | "records" | "notedOutcomes">;

/** Called for a commit once it is durable. It must not wait. */
export type FeedListener = (committed: Committed) => void;

/** Kinds of states that people look at, and want to follow. */
const FOLLOWED_KINDS: ReadonlySet<string> = new Set(["alert", "group", "silence"]);

/** About as long as a browser takes to come back after its connection was cut. */
const LIMITS: ChangeLogLimits = { changes: 4096, bytes: 1024 * 1024 };

/** Collaborators of a feed. */
export interface FeedOptions {
  /** Unlike that of any other feed: numbers mean nothing in another one. */
  readonly epoch: string;
  readonly log: Logger;
  readonly limits?: ChangeLogLimits;
}

/**
 * Publishes commits: to listeners at once, and by number to readers who come back for missed ones. In the process that
 * owns the engine the pipeline feeds it; elsewhere a reader of the store may.
 */
export class Feed {
  readonly epoch: string;
  readonly #log: Logger;
  readonly #changes: ChangeLog;
  readonly #listeners = new Set<FeedListener>();

  constructor({ epoch, log, limits = LIMITS }: FeedOptions) {
    this.epoch = epoch;
    this.#log = log;
    this.#changes = new ChangeLog(limits);
  }

  /** Call it after each commit. Never throws. */
  onCommitted(committed: Committed): void {
    const { entities, deliveries, notedOutcomes } = committed;
    for (const { kind, key } of entities.put) this.#add(kind, key, false);
    for (const { kind, key } of entities.forget) this.#add(kind, key, true);
    for (const { id } of deliveries) this.#changes.add("delivery", id, false);
    for (const id of notedOutcomes) this.#changes.add("delivery", id, false);
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (error) {
        this.#log.error("a listener of the feed failed", { error: errorText(error) });
      }
    }
  }

  /** Numbers a change of an alert that no commit tells: a silence or another alert holds it back, or does so no more. */
  onReviewed(fingerprint: string): void {
    this.#changes.add("alert", fingerprint, false);
  }

  /** @returns Ends the subscription; safe to call twice. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The number of the newest change; 0 before the first. */
  get last(): number {
    return this.#changes.last;
  }

  /** As `ChangeLog.since`. @param n A number of this very feed: compare the epochs first. */
  since(n: number): readonly Change[] | "too-old" {
    return this.#changes.since(n);
  }

  #add(kind: string, key: string, isGone: boolean): void {
    if (FOLLOWED_KINDS.has(kind)) this.#changes.add(kind, key, isGone);
  }
}
