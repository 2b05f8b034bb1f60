import type { ClusterEvent } from "../../event/index.ts";
import type { Proof } from "../../object/index.ts";
import { type Judgement, TAIL_MS } from "../facts/judgement.ts";
import { changed } from "../kept-alert.ts";
import type { ResolvedBy } from "../notification.ts";
import type { AlertState, PastEnd, Wellness } from "../state.ts";

/** How long an end by state has to last until it is told; milliseconds. */
const HOLD_MS = 60_000;
const NODE_HOLD_MS = 30_000;
/** Of proofs that do not come and go: a container that started has its image. An Event that says so ends at once. */
const SURE_HOLD_MS = 15_000;
const SURE: ReadonlySet<Proof> = new Set<Proof>(["bound", "complete", "scheduled", "started"]);

/** It doubles with each end of the alert in this time, up to as long. */
const DOUBLED_WITHIN_MS = 30 * 60_000;

/** Ends of an alert that count are this old at most; milliseconds. */
export const ENDS_COUNT_MS = 2 * 3_600_000;

/** Ends that are kept of one alert. */
const MOST_ENDS = 10;

/**
 * The alert that its facts say is over; it ends if that lasts. The same object when nothing has changed.
 */
export function withWellness(
  alert: AlertState,
  { by, endedAt, overAt, tailUntil, lastingMs }: Judgement & { readonly kind: "over" },
): AlertState {
  const { well } = alert;
  const holdMs = Math.max(holdOf(alert, by), lastingMs);
  // The object may have begun anew since: a container that was restarted is well since another time.
  const isSame = well !== undefined && well.since === endedAt && well.by.how === by.how;
  if (isSame && well.holdMs === holdMs && well.by.what === by.what) return alert;
  const when = isSame ? { overAt: well.overAt, tailUntil: well.tailUntil } : { overAt, tailUntil };
  return changed(alert, { well: { by, since: endedAt, ...when, holdMs } });
}

/** The alert without a sign that it is over. */
export function withoutWellness(alert: AlertState): AlertState {
  return alert.well === undefined ? alert : changed(alert, { well: undefined });
}

/** The time at which an end by state has lasted long enough, epoch milliseconds. */
export function wellEnd({ overAt, holdMs }: Wellness): number {
  return overAt + holdMs;
}

/**
 * How long the end of an alert has to last: twice as long for each end in the half hour before it began, also for those
 * that nobody was told of.
 */
function holdOf(alert: AlertState, by: ResolvedBy): number {
  const { ends = [], comings, againAt, openedAt } = alert;
  const since = (againAt ?? openedAt) - DOUBLED_WITHIN_MS;
  const times = ends.filter(({ at }) => at > since).length + (comings?.times ?? 0);
  return Math.min(DOUBLED_WITHIN_MS, firstHold(alert, by) * 2 ** times);
}

function firstHold({ labels, proof }: AlertState, { how }: ResolvedBy): number {
  if (how === "healthy" && proof !== undefined && SURE.has(proof)) return SURE_HOLD_MS;
  return labels["kind"] === "Node" ? NODE_HOLD_MS : HOLD_MS;
}

/** Whether an event of an alert that its state ended, or is about to end, tells of the time before that end. */
export function isTail(
  alert: AlertState,
  { lastSeenAt, involvedObject }: Pick<ClusterEvent, "lastSeenAt" | "involvedObject">,
): boolean {
  const { well, phase } = alert;
  if (well === undefined || (phase === "resolved" && !isProvenByState(alert))) return false;
  if (lastSeenAt <= well.tailUntil) return true;
  // An object that is gone never comes back under its uid; the clock of a writer may be ahead.
  const isLost = well.by.how === "deleted" || well.by.how === "replaced";
  if (!isLost || lastSeenAt > well.tailUntil + TAIL_MS || involvedObject.uid === "") return false;
  return alert.members.some(({ uid }) => uid === involvedObject.uid);
}

/** Whether the state of its objects ended an alert. Then it still has the sign of it. */
export function isProvenByState({ phase, well, resolvedBy }: AlertState): boolean {
  return phase === "resolved" && well !== undefined && well.by.how === resolvedBy?.how;
}

/** The ends of a resolved alert that begins anew, with this one. @param seenAt The new occurrence, epoch milliseconds. */
export function endsWith(alert: AlertState, seenAt: number, now: number): readonly PastEnd[] {
  const { ends = [], resolvedAt = now, endedAt = resolvedAt, resolvedBy, proof } = alert;
  const by = resolvedBy?.how === "healthy" ? proof : undefined;
  const end = { at: resolvedAt, endedAt, proof: by, ranMs: 0 };
  return relapsed(recent([...ends, end], now), seenAt);
}

/** The ends that still count. */
export function recent(ends: readonly PastEnd[], now: number): readonly PastEnd[] {
  return ends.filter(({ at }) => at + ENDS_COUNT_MS > now).slice(-MOST_ENDS);
}

/** Ends, of which the last one was followed by an occurrence. */
export function relapsed(ends: readonly PastEnd[], seenAt: number): readonly PastEnd[] {
  const last = ends.at(-1);
  if (last === undefined) return ends;
  return [...ends.slice(0, -1), { ...last, ranMs: Math.max(0, seenAt - last.endedAt) }];
}
