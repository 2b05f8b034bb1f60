import type { NewDelivery, Notification } from "../../alert/index.ts";
import { supersede } from "../rows/supersede.ts";
import { withoutLogs } from "../rows/without-logs.ts";

/** A row that waits, and that a new delivery of its sink and group replaces. */
export interface WaitingRow {
  readonly seq: bigint;
  readonly sink: string;
  readonly groupKey: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly opening: boolean;
  readonly started: boolean;
  readonly told: boolean;
  /** JSON, where it has lines of logs; else undefined. */
  readonly logged: string | undefined;
}

/** A row that ends because a newer one takes its place. */
export interface EndedRow {
  readonly seq: bigint;
  readonly state: "delivered" | "superseded";
  readonly endedAt: number;
  /** JSON, where it changes. */
  readonly notification: string | undefined;
}

/** A row to be stored. */
export interface AddedRow {
  readonly delivery: NewDelivery;
  readonly opening: boolean;
  readonly started: boolean;
  readonly since: number;
  readonly notification: Notification;
  /** Epoch milliseconds; undefined while it waits. A row that is not sent is stored too, so that its id is known. */
  readonly endedAt: number | undefined;
  /** JSON. */
  readonly body: string;
}

/** The changes of rows that new deliveries bring. */
export interface DeliveryPlan {
  readonly ended: readonly EndedRow[];
  readonly added: readonly AddedRow[];
  /** Keys of groups whose opening nobody was sent, so that nothing is left to be sent of them. */
  readonly released: readonly string[];
}

/** A row that waits, in the store or in this plan. */
interface Replaceable extends Pick<WaitingRow, "since" | "opening" | "started" | "told"> {
  /** @param at Epoch milliseconds. */
  end(at: number): void;
}

/**
 * Plans the rows of new deliveries, each of which replaces what waits for its sink and group.
 *
 * @param known Ids that have a row already: they change nothing. @param waiting In the order of the queue.
 */
export function planDeliveries(
  deliveries: readonly NewDelivery[],
  known: ReadonlySet<string>,
  waiting: readonly WaitingRow[],
): DeliveryPlan {
  const ended: EndedRow[] = [];
  const added = new Map<string, AddedRow>();
  const released: string[] = [];
  const queues = new Map<string, Replaceable[]>();
  for (const row of waiting) {
    const { seq, told, logged } = row;
    const notification = logged === undefined ? undefined : withoutLogs(logged);
    const state = told ? "delivered" : "superseded";
    const end = (endedAt: number): void => void ended.push({ seq, state, endedAt, notification });
    queueOf(queues, row).push({ ...row, end });
  }
  for (const delivery of deliveries) {
    const { id, createdAt, groupKey } = delivery;
    if (known.has(id) || added.has(id)) continue;
    const queue = queueOf(queues, delivery);
    const replaced = queue.splice(0);
    for (const row of replaced) row.end(createdAt);
    const row = toRow(delivery, replaced);
    added.set(id, row);
    if (row.endedAt !== undefined) {
      released.push(groupKey);
      continue;
    }
    const end = (endedAt: number): void =>
      void added.set(id, { ...row, endedAt, body: withoutLogs(row.body) });
    queue.push({ ...row, told: false, end });
  }
  return { ended, added: [...added.values()], released };
}

function toRow(delivery: NewDelivery, replaced: readonly Replaceable[]): AddedRow {
  const { createdAt } = delivery;
  const { notification, opening, started } = supersede(delivery, replaced);
  const body = JSON.stringify(notification ?? delivery.notification);
  const isSent = notification !== undefined;
  return {
    delivery,
    opening,
    started,
    since: Math.min(createdAt, ...replaced.flatMap(({ since, told }) => (told ? [] : [since]))),
    notification: notification ?? delivery.notification,
    endedAt: isSent ? undefined : createdAt,
    body: isSent ? body : withoutLogs(body),
  };
}

function queueOf(
  queues: Map<string, Replaceable[]>,
  { sink, groupKey }: Pick<NewDelivery, "sink" | "groupKey">,
): Replaceable[] {
  const key = JSON.stringify([sink, groupKey]);
  const queue = queues.get(key) ?? [];
  queues.set(key, queue);
  return queue;
}
