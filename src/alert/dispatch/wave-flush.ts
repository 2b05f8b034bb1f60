import type { Wait } from "../changes.ts";
import type { GroupState } from "../state.ts";
import { Bundling } from "./bundling.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { flushGroup } from "./group-flush.ts";
import { sentTo } from "./sent-state.ts";

/** Groups in one message; further ones get a message of their own. */
const MOST_MERGED = 500;

/** Sends the news of all groups that wait for the next message of a wave, in one message. */
export function flushWave(context: DispatchContext, key: string): void {
  const { groups, waves, newId, now } = context;
  const content = waves.contentOf(key);
  if (content === undefined) return;
  const { sink } = content;
  // Groups that the sink does not know come first: they say whether the message is a first one.
  const waiting = content.groups
    .flatMap((group) => groups.get(group) ?? [])
    .filter(({ joins }) => joins?.[sink] !== undefined)
    .toSorted((a, b) => rank(a, sink) - rank(b, sink) || (a.key < b.key ? -1 : 1));
  let isSent = false;
  for (let start = 0; start < waiting.length; start += MOST_MERGED) {
    const together = waiting.slice(start, start + MOST_MERGED);
    const waitsOf = (group: string): readonly Wait[] => waves.waitsOf(key, group, now);
    const bundling = new Bundling({ sink, size: together.length, newId, waitsOf });
    for (const group of together) flushGroup(context, group.key, bundling);
    isSent ||= bundling.isSent;
  }
  waves.settle(key, { isSent, now });
}

function rank(group: GroupState, sink: string): number {
  return sentTo(group, sink) === undefined ? 0 : 1;
}
