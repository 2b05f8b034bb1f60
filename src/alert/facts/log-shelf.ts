import { BoundedMap } from "../../lib/bounded-map.ts";
import type { ContainerLog } from "../inquiry.ts";

/** How long logs are kept, milliseconds: a message waits for one second, and the answer counts for ten. */
const KEPT_MS = 10_000;

/** Pods whose logs are kept: 2 MB at most. */
const MOST_PODS = 500;

/** The logs of pods for messages that are due just now. Nothing keeps them longer, and nothing stores them. */
export class LogShelf {
  readonly #logs = new BoundedMap<string, { readonly at: number; readonly logs: readonly ContainerLog[] }>(
    MOST_PODS,
  );

  /** Number of pods whose logs are kept. */
  get size(): number {
    return this.#logs.size;
  }

  /** Keeps the logs of a pod. @param object Its key. @param at When its state was read, epoch milliseconds. */
  put(object: string, at: number, logs: readonly ContainerLog[]): void {
    this.#logs.set(object, { at, logs });
  }

  /** The logs of a pod, by its key; none where none are kept. */
  get(object: string): readonly ContainerLog[] {
    return this.#logs.peek(object)?.logs ?? [];
  }

  /** Forgets the logs that no message waits for any more. @param now Epoch milliseconds. */
  forgetOld(now: number): void {
    if (this.#logs.size === 0) return;
    for (const [object, { at }] of this.#logs.entries()) if (at + KEPT_MS < now) this.#logs.delete(object);
  }
}
