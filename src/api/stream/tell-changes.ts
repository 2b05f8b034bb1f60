import { setImmediate } from "node:timers/promises";

import type { ApiContext } from "../bridge.ts";
import type { StreamClient } from "./stream-client.ts";
import { toStreamId } from "./stream-id.ts";
import { toFrame } from "./to-frame.ts";
import { type Told, toldChanges } from "./told-changes.ts";

/** Characters of events that are sent at once, about. */
const PART_LENGTH = 64 * 1024;

/** The result of a round. */
export interface Round {
  /** Whether there was something to tell. */
  readonly hasTold: boolean;
  /** As in `ToldChanges`. */
  readonly isPartial: boolean;
}

/**
 * Brings every client that takes more up to the newest change of this moment. A slow one stays behind, and gets the
 * states of a later moment then; one that is too far behind is told to read everything anew.
 *
 * @throws {TocsinError} ERR_STORE; the clients stay where they are.
 */
export async function tellChanges(clients: ReadonlySet<StreamClient>, context: ApiContext): Promise<Round> {
  const { feed } = context;
  const end = feed.last;
  let hasTold = false;
  let isPartial = false;
  for (;;) {
    const behind = [...clients].filter(({ isReady, position }) => isReady && position < end);
    if (behind.length === 0) return { hasTold, isPartial };
    hasTold = true;
    const from = Math.min(...behind.map(({ position }) => position));
    const changes = feed.since(from);
    if (changes === "too-old") {
      for (const client of behind.filter(({ position }) => position === from)) startAnew(client, context);
      continue;
    }
    const due = changes.filter(({ n }) => n <= end);
    const { told, through, ...round } = await toldChanges(due, context);
    isPartial ||= round.isPartial;
    const last = due.at(-1)?.n;
    const parts = inParts(told, last === undefined || through === last ? end : through);
    let before = from;
    for (const part of parts) {
      // A client that was left out of a part stays there.
      send(
        part,
        behind.filter(({ isReady, position }) => isReady && position >= before),
      );
      before = part.through;
      // Sockets take what was sent, and other work runs.
      await setImmediate();
    }
  }
}

/** Tells a client that changes are lost, and that it gets those from now on. */
export function startAnew(client: StreamClient, { feed }: Pick<ApiContext, "feed">): void {
  client.position = feed.last;
  client.send(toFrame("resync", {}, toStreamId(feed.epoch, feed.last)));
}

/** Events that are sent at once. */
interface Part {
  readonly told: readonly Told[];
  /** The place of a client that has them. */
  readonly through: number;
}

/** Cuts events into parts of some size, never within the events of one change. One part or more. */
function inParts(told: readonly Told[], through: number): readonly Part[] {
  const parts: Part[] = [];
  let part: Told[] = [];
  let size = 0;
  for (const one of told) {
    const last = part.at(-1);
    if (last !== undefined && last.n !== one.n && size >= PART_LENGTH) {
      parts.push({ told: part, through: last.n });
      part = [];
      size = 0;
    }
    part.push(one);
    size += one.frame.length;
  }
  return [...parts, { told: part, through }];
}

/** Clients with the same place and the same wishes share their bytes. */
function send({ told, through }: Part, clients: readonly StreamClient[]): void {
  const shared = new Map<string, Buffer>();
  for (const client of clients) {
    const { position, topics, wants } = client;
    if (position >= through) continue;
    const key = `${position} ${wants}`;
    const bytes = shared.get(key) ?? join(told.filter(({ n, topic }) => n > position && topics.has(topic)));
    shared.set(key, bytes);
    if (bytes.length > 0) client.send(bytes);
    client.position = through;
  }
}

function join(told: readonly Told[]): Buffer {
  return Buffer.from(told.map(({ frame }) => frame).join(""));
}
