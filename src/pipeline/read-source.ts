import type { EventSource, SourceMessage } from "../source/index.ts";

/**
 * Reads the source until the signal aborts. `receive` gets one message at a time, and the source is asked for the next
 * one when `done` was called, which is the backpressure. It ends at the signal also while a message waits, since a store
 * that does not work never takes it in. Rejects when the source fails.
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
