/**
 * A topic of wake-ups: new rows for a sink · ended deliveries of the engine of a partition · commands for it · commands
 * that an engine has done.
 */
export type Topic = `sink/${string}` | `outcomes/${number}` | `commands/${number}` | "commands-done";

/**
 * Wakes listeners in this process or another, because the store may have new rows. A ring carries no data, may come too
 * often, and may be lost while a connection is down. So listeners look into the store, and also do so from time to time
 * without a ring.
 */
export interface Bell {
  ring(topic: Topic): void;
  /** @returns Ends the listening. */
  on(topic: Topic, listener: () => void): () => void;
}

/** Creates a bell within one process; it calls listeners at once. */
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
