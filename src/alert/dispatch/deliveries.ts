import type { NewDelivery, Wait } from "../changes.ts";
import { composeDigest, type Digest } from "../message/compose-digest.ts";
import { compose, type Occasion } from "../message/compose.ts";
import { hasLogs } from "../message/logs.ts";
import { toNotified } from "../message/to-notified.ts";
import type { Notification, NotifiedAlert, NotifyReason } from "../notification.ts";
import type { CheckResult } from "../observer.ts";
import type { SinkPolicy } from "../policy.ts";
import type { AlertState, GroupState } from "../state.ts";
import { addresseeOf } from "./addressee.ts";
import { checkResultOf } from "./check-result.ts";
import { composing, composingWithoutLogs } from "./composing.ts";
import { accountOf } from "./decision-log.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { wantsEnd } from "./view.ts";

/** Objects that a digest names for an alert that came and went. */
const MOST_OBJECTS_OF_MISSED = 3;

/**
 * Puts a message about firing alerts into the outbox, and records a decision for each of its alerts.
 *
 * @param message.suppressed How many alerts the message leaves out, by the reason that holds them back.
 * @param message.ended Alerts of the group that have ended and that the receiver was not told of as ended.
 * @param message.isConfirmed Whether the state of the objects says that the problem of each alert goes on.
 * @returns The delivery's id.
 */
export function sendFiring(
  context: DispatchContext,
  turn: SinkTurn,
  message: {
    readonly alerts: readonly AlertState[];
    readonly reason: NotifyReason;
    readonly suppressed: Readonly<Record<string, number>>;
    readonly ended: readonly AlertState[];
    readonly isConfirmed: boolean;
    readonly checked: CheckResult;
  },
): string {
  const { told } = turn;
  const { alerts, reason, suppressed, ended, isConfirmed } = message;
  const id = context.newId();
  const isFirst = told === undefined || !told.accepted;
  const opening: NotifyReason = { kind: "firing", trigger: "first" };
  const notification = composeFor(context, turn, {
    id,
    decision: reason,
    alerts,
    suppressed,
    ended,
    isConfirmed,
  });
  enqueue(context, turn, {
    notification,
    opening: told === undefined,
    ifOpeningUnsent: isFirst
      ? composeFor(context, { ...turn, told: undefined }, { id, decision: opening, alerts, suppressed })
      : undefined,
  });
  const { checked } = message;
  recordSent(context, turn, { alerts: [...alerts, ...ended], reason, id, checked });
  recordLogs(context, turn, { alerts, notification });
  return id;
}

/**
 * Puts the end of a group into the outbox, if the sink wants ends: its alerts have ended, or a reload moved them to
 * other groups.
 */
export function sendEnd(
  context: DispatchContext,
  turn: SinkTurn,
  {
    owed,
    reason,
    suppressed,
  }: {
    readonly owed: readonly AlertState[];
    readonly reason: NotifyReason;
    /** How many alerts were held back because of these, and are not sent. */
    readonly suppressed: Readonly<Record<string, number>>;
  },
): void {
  const alerts = reason.trigger === "moved" ? alertsTold(context, turn) : owed;
  if (alerts.length === 0) return;
  if (!alerts.every((alert) => wantsEnd(turn.sink, alert))) {
    for (const alert of alerts)
      context.decisions.recordSuppressed(alert, accountOf(context, turn), "send_resolved");
    return;
  }
  const id = context.newId();
  const notification = composeFor(context, turn, { id, decision: reason, alerts, suppressed });
  const isWorthSaying = notification.severity !== "info" && reason.trigger === "all-resolved";
  const late: NotifyReason = { kind: "resolved", trigger: "cleared-before-delivery" };
  enqueue(context, turn, {
    notification,
    opening: false,
    ifOpeningUnsent: isWorthSaying ? composeFor(context, turn, { id, decision: late, alerts }) : undefined,
  });
  recordSent(context, turn, { alerts, reason, id });
}

/**
 * Puts one message about many groups, and about alerts that came and went, into the outbox.
 *
 * @returns The delivery's id.
 */
export function sendDigest(
  context: DispatchContext,
  sink: SinkPolicy,
  content: Pick<Digest, "cause" | "alerts" | "missed" | "missedOmitted">,
): string {
  const id = context.newId();
  // The outbox replaces a waiting message by a later one of the same key. Each digest has news of its own, so its key
  // is unique.
  const key = `digest/${id}`;
  const route = context.policy.route?.name ?? "";
  const notification = composeDigest(
    { ...content, id, key, route, sink: sink.name },
    composingWithoutLogs(context),
  );
  context.observer.checked(sink.name, checkResultOf(context, content.alerts));
  enqueue(
    context,
    { group: { key, labels: {} }, sink },
    { notification, opening: true, ifOpeningUnsent: undefined },
  );
  return id;
}

/** An alert that came and went, as a digest shows it to receivers. */
export function describeMissed(
  context: DispatchContext,
  alert: AlertState,
  { key, labels }: GroupState,
): NotifiedAlert {
  const group = { key, labels, alerts: 1 };
  return toNotified(alert, { group, room: MOST_OBJECTS_OF_MISSED }, composingWithoutLogs(context));
}

function alertsTold({ alerts }: DispatchContext, { told }: SinkTurn): readonly AlertState[] {
  return Object.keys(told?.firing ?? {}).flatMap((fingerprint) => alerts.get(fingerprint) ?? []);
}

function recordSent(
  context: DispatchContext,
  turn: SinkTurn,
  {
    alerts,
    reason: { trigger },
    id: deliveryId,
    checked,
  }: {
    readonly alerts: readonly AlertState[];
    readonly reason: NotifyReason;
    readonly id: string;
    readonly checked?: CheckResult;
  },
): void {
  const waits = waitsOf(context, turn);
  const why = {
    trigger,
    deliveryId,
    ...(waits.length === 0 ? {} : { waits }),
    ...(checked === undefined ? {} : { checked }),
  };
  for (const alert of alerts) context.decisions.recordTold(alert, accountOf(context, turn), why);
}

/** Everything that the message of a turn waited for, beside its timers. */
function waitsOf(
  { waitedMs }: Pick<DispatchContext, "waitedMs">,
  { bundling, group }: SinkTurn,
): readonly Wait[] {
  const waits = bundling?.waitsOf(group.key) ?? [];
  const before = waits.find((wait) => wait.for === "state")?.ms ?? 0;
  const state = { for: "state", ms: before + waitedMs } as const;
  return [...waits.filter((wait) => wait.for !== "state"), ...(state.ms === 0 ? [] : [state])];
}

/** That lines of logs leave the cluster is a decision of its own. */
function recordLogs(
  context: DispatchContext,
  turn: SinkTurn,
  { alerts, notification }: { readonly alerts: readonly AlertState[]; readonly notification: Notification },
): void {
  const shown = new Set(notification.alerts.filter(hasLogs).map(({ fingerprint }) => fingerprint));
  for (const alert of alerts)
    if (shown.has(alert.fingerprint))
      context.decisions.recordLogs(alert, accountOf(context, turn), notification.id);
}

function composeFor(
  context: DispatchContext,
  { group, sink, told }: SinkTurn,
  what: Pick<Occasion, "id" | "decision" | "alerts" | "suppressed" | "ended" | "isConfirmed">,
): Notification {
  const how = sink.logs ? composing(context) : composingWithoutLogs(context);
  return compose({ ...what, sink: sink.name, group, told }, how);
}

function enqueue(
  { outbox, observer, now }: DispatchContext,
  {
    group,
    sink,
    bundling,
  }: Pick<SinkTurn, "sink" | "bundling"> & { readonly group: Pick<GroupState, "key" | "labels"> },
  delivery: Pick<NewDelivery, "notification" | "opening" | "ifOpeningUnsent">,
): void {
  const { notification } = delivery;
  const addressee = addresseeOf(sink, group.labels);
  if (bundling?.has(notification.status, addressee) !== true)
    observer.notification(sink.name, notification.kind);
  const bundle = bundling?.bundleOf(notification.status, addressee);
  outbox.push({
    id: notification.id,
    sink: sink.name,
    groupKey: group.key,
    ...(bundle === undefined ? {} : { bundle }),
    ...delivery,
    createdAt: now,
    expiresAt: sink.maxAgeMs === undefined ? undefined : now + sink.maxAgeMs,
  });
}
