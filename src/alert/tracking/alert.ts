import type { Occurrence } from "../../event/index.ts";
import { escapePart } from "../../lib/joined-key.ts";
import type { CompiledRule } from "../../rule/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import { happenedAgain } from "../happened-again.ts";
import { changed } from "../kept-alert.ts";
import type { ResolvedBy } from "../notification.ts";
import type { AlertState, Member } from "../state.ts";
import { type CounterEvent, clearedBy } from "./counters.ts";
import type { Subject } from "./identity.ts";
import {
  addOccurrence,
  hasOpenMember,
  type Members,
  meetsThreshold,
  mergeMembers,
  withoutWindows,
} from "./members.ts";
import { endsWith, isProvenByState, isTail } from "./wellness.ts";

/** All members share one empty list, which saves memory. */
const NONE: readonly never[] = Object.freeze([]);

/** An alert that began anew after an end of this length is a new episode; milliseconds. */
const OVER_FOR_MS = 60_000;

/** Most sources of one alert. */
const MOST_SOURCES = 100;

/** The alert with an occurrence added; a resolved one fires again. */
export function withOccurrence(
  alert: AlertState,
  rule: CompiledRule,
  subject: Subject,
  amount: { readonly occurrence: Occurrence; readonly delta: number; readonly now: number },
): AlertState {
  const { occurrence, delta, now } = amount;
  const { event } = subject;
  const counting = alert.metAt === undefined && (rule.threshold.count > 1 || rule.threshold.distinct > 1);
  const withinMs = counting ? rule.threshold.withinMs : 0;
  const source = sourceKey(event.source.component, subject.object);
  const isNewest = event.lastSeenAt >= alert.lastSeenAt;
  return changed(alert, {
    ...begunBy(alert, event, now),
    ...addOccurrence(alert, subject, occurrence, { delta, withinMs }),
    firstSeenAt: Math.min(alert.firstSeenAt, event.lastSeenAt, delta > 1 ? occurrence.since : Infinity),
    lastSeenAt: Math.max(alert.lastSeenAt, event.lastSeenAt),
    occurredAt: now,
    activeAt: now,
    series: isNewest ? event.series : alert.series,
    occurrences: alert.occurrences + delta,
    estimated: alert.estimated || occurrence.estimated || delta < occurrence.delta,
    sources:
      alert.sources.includes(source) || alert.sources.length >= MOST_SOURCES
        ? alert.sources
        : alert.sources.concat(source),
    event: isNewest ? event : alert.event,
  });
}

/** The phase after an occurrence: a resolved alert fires again, unless the occurrence is older than its end. */
function begunBy(alert: AlertState, event: Subject["event"], now: number): Partial<AlertState> {
  if (isTail(alert, event)) return {};
  if (alert.phase !== "resolved") return { well: undefined };
  const byState = isProvenByState(alert);
  const isAgain = byState || wasOver(alert, now);
  return {
    phase: "firing",
    resolvedAt: undefined,
    resolvedBy: undefined,
    endedAt: undefined,
    well: undefined,
    ...(byState ? { ends: endsWith(alert, event.lastSeenAt, now) } : {}),
    ...(isAgain ? { againAt: now } : {}),
  };
}

/** Whether a counter-event or a deletion ended it a while ago; one that comes back sooner goes on. */
function wasOver({ resolvedBy, resolvedAt = Infinity }: AlertState, now: number): boolean {
  return (resolvedBy?.how === "event" || resolvedBy?.how === "deleted") && now >= resolvedAt + OVER_FOR_MS;
}

/** The alert after a counter-event; the same object when it clears nothing. */
export function withCounter(
  alert: AlertState,
  rule: CompiledRule | undefined,
  counter: CounterEvent,
): AlertState {
  const cleared = clearedBy({ rule, alert, members: alert.members }, counter);
  if (cleared.size === 0) return alert;
  return changed(alert, {
    members: alert.members.map((member) =>
      cleared.has(member.key) ? { ...member, clearedAt: counter.event.lastSeenAt, window: NONE } : member,
    ),
  });
}

/** The alert without a deleted object, by its key; the same alert when it has no such member. */
export function withoutObject(alert: AlertState, object: string, now: number): AlertState {
  const isIt = (member: Member): boolean =>
    member.clearedAt === undefined && objectOfMember(member) === object;
  if (!alert.members.some(isIt)) return alert;
  return changed(alert, {
    members: alert.members.map((member) =>
      isIt(member) ? { ...member, clearedAt: now, window: NONE } : member,
    ),
  });
}

/** Whether counter-events and deletions have cleared all members. */
export function isCleared(alert: Members): boolean {
  return !hasOpenMember(alert);
}

/** When the last member was cleared, epoch milliseconds; undefined when none was. */
export function lastClearing({ members }: Pick<AlertState, "members">): number | undefined {
  const times = members.flatMap(({ clearedAt }) => clearedAt ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether an alert that a cause held back has happened again after the cause had ended. */
export function isNewsAgain(alert: AlertState): boolean {
  return alert.phase === "firing" && alert.inhibited !== undefined && happenedAgain(alert, alert.inhibited);
}

/** The alert with `metAt` set, if its threshold is met now; else the same object. */
export function withThreshold(alert: AlertState, rule: CompiledRule, now: number): AlertState {
  if (alert.phase !== "pending" || alert.metAt !== undefined || !meetsThreshold(alert, rule.threshold))
    return alert;
  return changed(alert, { ...withoutWindows(alert), metAt: now });
}

/** The alert, resolved now. @param by Undefined for a pending one that nothing ended. @param end.at When it ended, as far as that is known; epoch milliseconds. */
export function resolved(
  alert: AlertState,
  by: ResolvedBy | undefined,
  end: { readonly at: number | undefined; readonly now: number },
): AlertState {
  const { at, now } = end;
  // Writers' clocks may be wrong: nothing ends before it began, or later than it is known.
  const endedAt = at === undefined ? undefined : Math.min(now, Math.max(alert.firstSeenAt, at));
  return changed(alert, { phase: "resolved", resolvedAt: now, resolvedBy: by, endedAt });
}

/**
 * Merges two alerts that turn out to have the same identity. `into` keeps its labels and its groups. A threshold that
 * one of them has met stays met, and an end that was not sent yet is taken back.
 */
export function merge(into: AlertState, other: AlertState): AlertState {
  const newest = other.lastSeenAt >= into.lastSeenAt ? other : into;
  return changed(into, {
    ...mergeMembers(into, other),
    phase: into.phase === "pending" ? other.phase : "firing",
    well: undefined,
    metAt: into.metAt ?? other.metAt,
    firedAt: into.firedAt ?? other.firedAt,
    resolvedAt: undefined,
    resolvedBy: undefined,
    endedAt: undefined,
    accounted: sumOf(into.accounted, other.accounted),
    openedAt: Math.min(into.openedAt, other.openedAt),
    firstSeenAt: Math.min(into.firstSeenAt, other.firstSeenAt),
    lastSeenAt: newest.lastSeenAt,
    occurredAt: Math.max(into.occurredAt, other.occurredAt),
    activeAt: Math.max(into.activeAt, other.activeAt),
    series: newest.series,
    event: newest.event,
    occurrences: into.occurrences + other.occurrences,
    estimated: into.estimated || other.estimated,
    sources: [...new Set([...into.sources, ...other.sources])].slice(0, MOST_SOURCES),
  });
}

function sumOf(a: AlertState["accounted"], b: AlertState["accounted"]): AlertState["accounted"] {
  const sum: Record<string, number> = { ...a };
  for (const [sink, count] of Object.entries(b)) sum[sink] = (sum[sink] ?? 0) + count;
  return sum;
}

/**
 * The source of an event: `cluster/Kind/namespace/name/component`. Events of one source share the spam filter of their
 * writer.
 *
 * @param object The key of the involved object.
 */
export function sourceKey(component: string, object: string): string {
  return `${object}/${escapePart(component)}`;
}

/** The key of the object of a source. */
export function objectOfSource(source: string): string {
  return source.slice(0, source.lastIndexOf("/"));
}
