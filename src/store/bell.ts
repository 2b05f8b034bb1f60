/**
 * What somebody may wait for: rows for a sink · ended deliveries of a partition's engine · commands for it · commands
 * that an engine has done.
 */
export type Topic = `sink/${string}` | `outcomes/${number}` | `commands/${number}` | "commands-done";

/**
 * Tells whoever waits, in this process or another, that there may be something new in the store. It carries no data and
 * may ring too often, or be missed while a connection is down: listeners look into the store, and do so from time to
 * time also without it.
 */
export interface Bell {
  ring(topic: Topic): void;
  /** @returns Ends the listening. */
  on(topic: Topic, listener: () => void): () => void;
}

/** A bell within one process: listeners are called at once. */
export function createBell(): Bell {
  const listeners = new Map<Topic, Set<() => void>>();
  return {
    ring: (topic) => listeners.get(topic)?.forEach((listener) => listener()),
    on: (topic, listener) => {
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(listener));
      return () => {
        ofTopic.delete(listener);
        if (ofTopic.size === 0) listeners.delete(topic);
      };
    },
  };
}
