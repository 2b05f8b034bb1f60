import { z } from "zod";

import { fingerprint } from "../../lib/hash.ts";
import { Severity } from "../../lib/severity.ts";
import { truncateBytes } from "../../lib/text.ts";

/** Longest name of a thread, in UTF-16 units: those of Webex have about 110, in four places of a memory of 4 KiB. */
const LONGEST_THREAD = 128;

/** Bytes of the title that the memory of a shared parent keeps. */
const LONGEST_TITLE = 80;

/** Parents that a group has left and that still show the state of then; older ones are given up. */
const MOST_LEFT = 3;

const Thread = z.string().min(1).max(LONGEST_THREAD);

/**
 * The memory of a sink about a group whose messages hang together, about 300 bytes as JSON for short names. A thread is named by its
 * parent, in the words of the receiver; the store counts the groups that have the same `thread`.
 */
export const ThreadMemory = z.object({
  v: z.literal(1),
  /** Hash of the destination, so that a group whose channel changes begins anew there. */
  to: z.string(),
  /** Of the last message: a worse one is told by a new parent. */
  severity: Severity,
  /** The parent of the group; missing when the end was said. */
  thread: Thread.optional(),
  /** The title of a parent that tells several groups; missing when the parent is of this group alone. */
  shared: z.string().optional(),
  /** Earlier parents that still show that something goes on. */
  left: z.array(Thread).max(MOST_LEFT).optional(),
});
export type ThreadMemory = z.infer<typeof ThreadMemory>;

/** The memory that an attempt is given; undefined when there is none, or none of this form. */
export function memoryOf(receiver: unknown): ThreadMemory | undefined {
  const parsed = ThreadMemory.safeParse(receiver);
  return parsed.success ? parsed.data : undefined;
}

/** Whether a memory can keep this name of a parent: with a longer one, the whole memory would be none. */
export function canKeep(thread: string): boolean {
  return Thread.safeParse(thread).success;
}

/** The short form of a destination in a memory. */
export function destinationMark(destination: string): string {
  return fingerprint([destination]).slice(0, 8);
}

/** A title as the memory of a shared parent keeps it. */
export function sharedTitle(title: string): string {
  return truncateBytes(title, LONGEST_TITLE);
}

/** The memory with its keys in one order, so that groups of one thread have equal JSON; null when nothing is left. */
export function tidyMemory(memory: ThreadMemory): ThreadMemory | null {
  const { v, to, severity, thread, shared, left = [] } = memory;
  if (thread === undefined && left.length === 0) return null;
  return {
    v,
    to,
    severity,
    ...(thread === undefined ? {} : { thread }),
    ...(thread === undefined || shared === undefined ? {} : { shared }),
    ...(left.length === 0 ? {} : { left: [...new Set(left)].slice(-MOST_LEFT) }),
  };
}
