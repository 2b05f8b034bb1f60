import type { Notification } from "../../src/alert/index.ts";
import type { Sent, Sink } from "../../src/sink/index.ts";
import { noDeadline } from "./deadline.ts";

/**
 * Sends as delivery does until the receiver has all of it, through JSON as the store keeps it.
 *
 * @param receiver The memory that the last message of the group left.
 * @returns The memory that this one leaves.
 */
export async function sendToEnd(
  sink: Sink,
  notification: Notification,
  receiver?: unknown,
): Promise<unknown> {
  let [memory, remaining] = [receiver, undefined as unknown];
  for (let attempts = 0; attempts < 20; attempts++) {
    const sent: Sent | undefined = await sink.send?.(notification, {
      receiver: memory,
      remaining,
      signal: noDeadline(),
    });
    if (sent?.receiver !== undefined) memory = kept(sent.receiver) ?? undefined;
    if (sent?.remaining === undefined) return memory;
    remaining = kept(sent.remaining);
  }
  throw new Error("the message has no end");
}

function kept(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
