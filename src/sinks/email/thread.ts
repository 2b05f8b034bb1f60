import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";

/** The common part of the mails about one problem, kept per group until it ends: readers sort by references. */
export const Thread = z.object({
  /** The part before the @ of the id that all its mails refer to; no mail ever has it. */
  root: z.string().regex(/^[\w.-]{1,100}$/u),
});
export type Thread = Readonly<z.infer<typeof Thread>>;

/**
 * The thread of a notification: the remembered one, or a new one. A retry, also after a restart, finds the same one,
 * since the root follows from the group and from the beginning of its problem.
 *
 * @param receiver The sink's memory; anything else than a thread counts as nothing.
 */
export function threadOf(notification: Notification, receiver: unknown): Thread {
  const known = Thread.safeParse(receiver);
  if (known.success) return known.data;
  const { group, startsAt } = notification;
  return { root: `${fingerprint([group.key, startsAt])}.thread` };
}
