import { Ends, type NewDelivery, type Notification } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import { formatDuration } from "../lib/duration.ts";
import type { Logger } from "../lib/log.ts";
import { atLeast } from "../lib/severity.ts";
import type { ConfiguredSink } from "../sink/index.ts";
import type { Outbox, OverdueDelivery } from "../store/index.ts";
import type { Work } from "./work-loop.ts";

/** Rows that one transaction copies. */
const AT_ONCE = 100;

/** Dead letters go to a fallback up to this age, so that those of a time when this program was down still go. */
const DEAD_FOR_MS = 3_600_000;

/** The worker looks for overdue rows at intervals of a tenth of `fallbackAfter`, within these bounds. */
const CHECK_MS = { shortest: 1000, longest: 60_000 } as const;

/** The sink that a fallback goes to. */
export type FallbackTarget = Pick<ConfiguredSink, "name" | "common">;

/** The collaborators and values of a fallback worker. */
export interface FallbackDeps {
  /** Name of the sink that has the fallback. */
  readonly sink: string;
  readonly afterMs: number;
  /** The fallback as configured now; undefined when the configuration has it no longer. */
  readonly target: () => FallbackTarget | undefined;
  readonly queue: { readonly outbox: Pick<Outbox, "overdue" | "fallBack"> };
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Copies messages that a sink has not accepted for too long, or that are dead letters, to its fallback. The original
 * stays: the sink gets it when it works again, or it is a dead letter already.
 */
export class FallbackWorker implements Work {
  readonly #deps: FallbackDeps;

  constructor(parts: FallbackDeps) {
    this.#deps = parts;
  }

  async fill(): Promise<number> {
    const { sink, afterMs, queue, clock, log } = this.#deps;
    const { outbox } = queue;
    const target = this.#deps.target();
    const sleepMs = Math.max(CHECK_MS.shortest, Math.min(CHECK_MS.longest, afterMs / 10));
    if (target === undefined) return sleepMs;
    const now = clock.now();
    const overdue = await outbox.overdue({
      waitingSince: now - afterMs,
      deadSince: now - DEAD_FOR_MS,
      limit: AT_ONCE,
    });
    if (overdue.length === 0) return sleepMs;
    const rows = overdue.map((row) => ({ id: row.id, copy: copyFor(row, { sink, afterMs, target, now }) }));
    await outbox.fallBack(rows);
    const copies = rows.filter(({ copy }) => copy !== undefined).length;
    if (copies > 0) {
      log.warn("deliveries go to the fallback", { sink, fallback: target.name, deliveries: copies });
    }
    return overdue.length === AT_ONCE ? 0 : sleepMs;
  }
}

/** The copy of a delivery for the fallback; undefined when the fallback takes no ends, or nothing so mild. */
export function copyFor(
  { id, groupKey, bundle, notification, isDead, isTold }: OverdueDelivery,
  about: {
    readonly sink: string;
    readonly afterMs: number;
    readonly target: FallbackTarget;
    /** Epoch milliseconds. */
    readonly now: number;
  },
): NewDelivery | undefined {
  const { sink, afterMs, target, now } = about;
  const { maxAgeMs, merges } = target.common;
  const isEnd = notification.kind === "resolved";
  if (isEnd && !wantsEnd(target, notification)) return undefined;
  if (!isTold && !isBadEnough(target, notification)) return undefined;
  const late =
    isEnd && isTold
      ? "its beginning was sent here"
      : `${sink} has not taken it for ${formatDuration(afterMs)}`;
  const why = `Sent here because ${isDead ? `${sink} refused it` : late}.`;
  const { text } = notification;
  const copy = { ...notification, id: `${id}.fallback`, sink: target.name };
  return {
    id: copy.id,
    sink: target.name,
    // The key differs from the group's own, because the fallback may get the same group by its route too.
    groupKey: `${groupKey}@${sink}`,
    bundle: merges && bundle !== undefined ? `${bundle}.fallback` : undefined,
    notification: { ...copy, text: { ...text, note: text.note === "" ? why : `${text.note}\n${why}` } },
    opening: !isEnd && !isTold,
    ifOpeningUnsent: undefined,
    createdAt: now,
    expiresAt: maxAgeMs === undefined ? undefined : now + maxAgeMs,
  };
}

// `minSeverity` and `sendResolved` of a sink also hold when it is a fallback.

function isBadEnough({ common: { minSeverity } }: FallbackTarget, { severity }: Notification): boolean {
  return minSeverity === undefined || atLeast(severity, minSeverity);
}

function wantsEnd({ common: { sendResolved } }: FallbackTarget, { alerts }: Notification): boolean {
  if (sendResolved !== "proven") return sendResolved;
  return Ends.wordOf(alerts.map(({ resolvedBy }) => resolvedBy)) !== "unseen";
}
