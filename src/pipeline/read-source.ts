import type { EventSource, SourceMessage } from "../source/index.ts";

/**
 * Reads the source until the signal aborts. `receive` gets one message at a time, and the source is asked for the next
 * one only after `done` was called: this is the backpressure. At the signal it ends also while a message waits, because
 * a store that does not work may never take it. Rejects when the source fails.
 */
export async function readSource(
  source: EventSource,
  receive: (message: SourceMessage, done: () => void) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of source.messages(signal)) {
    await isDone((done) => receive(message, done), signal);
    if (signal.aborted) return;
  }
}

function isDone(begin: (done: () => void) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done, { once: true });
    begin(done);
  });
}
