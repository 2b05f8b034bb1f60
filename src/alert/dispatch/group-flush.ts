import type { Hold } from "../hold.ts";
import type { SinkPolicy } from "../policy.ts";
import type { DigestCause } from "../sink-load.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { nodeOf } from "../suppression/node-cause.ts";
import type { Bundling } from "./bundling.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { goesOn, partTime } from "./end-timing.ts";
import { afterEnd, isFlapping, settledAt, withoutOld } from "./flapping.ts";
import { lookAgainAt } from "./group-timing.ts";
import { keepHeard } from "./heard.ts";
import { holdQuestion } from "./hold-question.ts";
import { leave, recordMissed, unsentReason } from "./leave.ts";
import { recordInhibition, sync, touchGroup } from "./membership.ts";
import { LOOK_AGAIN_MS } from "./part-ends.ts";
import { sentTo, withRepeatToCome } from "./sent-state.ts";
import { dispatchTo } from "./sink-dispatch.ts";
import { type View, viewOf } from "./view.ts";

/** The age up to which the known state of a node confirms that it is a cause, milliseconds. */
const FRESH_MS = 10_000;

/**
 * Flushes a group that is due: sends each sink its news, or lets it wait for other groups of its rule, then removes
 * ended alerts whose end needs no message any more.
 *
 * @param bundling The message that its sink gets now with the news of several groups.
 */
export function flushGroup(context: DispatchContext, key: string, bundling?: Bundling): void {
  const { alerts: book, groups, now } = context;
  const known = groups.get(key);
  if (known === undefined) return;
  const group = withoutOld(known, now);
  const alerts = book.ofGroup(group.key);
  const { told, waiting, joins, holds } = dispatchAll(context, { group, alerts, bundling });
  const isJoining = Object.keys(joins).length > 0;
  const flushed: GroupState = {
    ...group,
    ...pastOf(group, told, now),
    told,
    waiting: Object.keys(waiting).length === 0 ? undefined : waiting,
    joins: isJoining ? joins : undefined,
    flushAt: lookAgainAt(holds),
    // The next flush, with the other groups, still needs the reasons of this one.
    moved: isJoining && group.moved,
    held: isJoining ? group.held : holds[0]?.reason,
  };
  groups.put(flushed);
  keepHeard(context, group, told);
  if (!isJoining) lookAtOwed(context, flushed, alerts);
  for (const alert of alerts) sync(context, alert);
  for (const { fingerprint } of alerts) {
    const alert = book.get(fingerprint);
    if (alert?.phase !== "resolved" || alert.isTold) continue;
    const wasTold = group.told.some(({ firing }) => firing[fingerprint] !== undefined);
    if (!wasTold) recordMissed(context, alert);
    leave(context, alert, unsentReason(alert), wasTold);
  }
  groups.forgetIfEmpty(key);
}

/** The alerts of a group as a sink sees them now. */
export function viewFor(
  context: DispatchContext,
  { group, sink, told }: SinkTurn,
  ofGroup: readonly AlertState[],
): View {
  const question = holdQuestion(context, group);
  return viewOf(group, ofGroup, { sink, told, holdOf: (alert) => context.holds.holdOf(alert, question) });
}

/** The result of all sinks' turns in one flush. */
interface Round {
  readonly told: readonly SentState[];
  readonly waiting: Readonly<Record<string, DigestCause>>;
  /** As in `GroupState`. */
  readonly joins: Readonly<Record<string, number>>;
  readonly holds: readonly Hold[];
}

function dispatchAll(
  context: DispatchContext,
  {
    group,
    alerts,
    bundling,
  }: { group: GroupState; alerts: readonly AlertState[]; bundling: Bundling | undefined },
): Round {
  const told: SentState[] = [];
  const waiting: Record<string, DigestCause> = {};
  const joins: Record<string, number> = {};
  const holds: Hold[] = [];
  const heldBy = new Map<AlertState, Hold | undefined>();
  for (const sink of sinksOf(context, group, alerts)) {
    const now = bundling?.sink === sink.name ? bundling : undefined;
    const turn = { group, sink, told: sentTo(group, sink.name), bundling: now };
    const view = viewFor(context, turn, alerts);
    const after = dispatchTo(context, turn, view);
    const ofSink = [...view.held.values()];
    holds.push(...ofSink);
    for (const alert of view.firing) heldBy.set(alert, undefined);
    for (const [alert, hold] of view.held) heldBy.set(alert, hold);
    if (after.waits !== undefined) waiting[sink.name] = after.waits;
    if (after.joinsAt !== undefined) joins[sink.name] = after.joinsAt;
    if (after.told === undefined) continue;
    const isJoining = after.joinsAt !== undefined;
    told.push(isJoining ? after.told : withRepeatToCome(context, { group, told: after.told }, ofSink));
  }
  for (const [alert, hold] of heldBy) recordInhibition(context, alert, hold?.inhibition);
  askAboutCauses(context, holds);
  for (const hold of holds) context.holds.recordUse(hold, context.now);
  return { told, waiting, joins, holds };
}

/** Asks for the state of the nodes that hold alerts back, which may say otherwise. */
function askAboutCauses({ alerts, facts, now }: DispatchContext, holds: readonly Hold[]): void {
  if (!facts.asks) return;
  const causes = new Set(holds.flatMap(({ inhibition }) => inhibition?.sources ?? []));
  for (const fingerprint of causes) {
    const cause = alerts.get(fingerprint);
    const object = cause?.resolvedAt === undefined && cause !== undefined ? nodeOf(cause) : undefined;
    if (object !== undefined)
      facts.ask({ object, apiVersion: "v1", purpose: "tell" }, { now, freshMs: FRESH_MS });
  }
}

/** The sinks of a group: those that have it, and those that its alerts go to. */
export function sinksOf(
  { policy }: DispatchContext,
  group: GroupState,
  alerts: readonly AlertState[],
): readonly SinkPolicy[] {
  const names = new Set(group.told.map((told) => told.sink));
  for (const { destinations } of alerts) {
    for (const { groupKey, sinks } of destinations) {
      if (groupKey === group.key) for (const sink of sinks) names.add(sink);
    }
  }
  return [...names].flatMap((name) => policy.sinks.get(name) ?? []);
}

/** The past of a group after a flush that left these sent states. */
function pastOf(
  group: GroupState,
  told: readonly SentState[],
  now: number,
): Pick<GroupState, "ends" | "flapping"> {
  const [wasTold, isTold] = [group.told.length > 0, told.length > 0];
  if (wasTold && !isTold) return group.moved ? { ends: group.ends } : afterEnd(group, now);
  return { ends: group.ends, flapping: !wasTold && isTold ? isFlapping(group, now) : group.flapping };
}

/**
 * Schedules the next flush for ends that were not sent yet: in a flapping group for the time when it has settled, in one
 * that goes on for the time when its ends in part are told.
 */
function lookAtOwed(context: DispatchContext, group: GroupState, alerts: readonly AlertState[]): void {
  const { groups, now } = context;
  const owed = alerts.filter(
    ({ phase, fingerprint }) =>
      phase === "resolved" &&
      group.told.some(
        ({ firing }) => firing[fingerprint] !== undefined && firing[fingerprint].over === undefined,
      ),
  );
  const [first] = owed;
  if (first === undefined) return;
  const settled = settledAt(group, owed);
  const at = goesOn(group, alerts) ? Math.max(partTime(group, owed), now + LOOK_AGAIN_MS) : settled;
  if (at <= now) touchGroup(context, group, first);
  else groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, Math.max(at, settled)) });
}
