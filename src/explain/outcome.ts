import type { ExplainedAlert, HeldBackBy } from "./explained-alert.ts";

/** The end of an event: messages, or the reason why there are none. */
export type Outcome =
  | {
      readonly kind: "sent";
      readonly messages: readonly ExpectedMessages[];
      /** Sinks that get a record of it. */
      readonly records: readonly string[];
    }
  | { readonly kind: "dropped"; readonly by: string }
  | { readonly kind: "unmatched" }
  | {
      /** The sinks of its alerts were sent them before. */
      readonly kind: "known";
      /** Their receivers have accepted a message. */
      readonly accepted: readonly string[];
      /** Their message is in the outbox. */
      readonly waiting: readonly string[];
    }
  | { readonly kind: "held-back"; readonly by: readonly HeldBackBy[] };

/** Messages to one sink at one time, one for each group. */
export interface ExpectedMessages {
  readonly sink: string;
  /** Milliseconds from now. */
  readonly inMs: number;
  readonly count: number;
}

/** The results of an event, one by one. */
export interface Results {
  readonly alerts: readonly ExplainedAlert[];
  readonly forwards: readonly { readonly sinks: readonly string[] }[];
  /** The name of the drop that takes it out, if any. */
  readonly droppedBy: string | undefined;
}

/** Decides what becomes of an event. */
export function outcomeOf({ alerts, forwards, droppedBy }: Results): Outcome {
  const free = alerts.filter((alert) => !isHeld(alert));
  const messages = messagesOf(free);
  const records = [...new Set(forwards.flatMap(({ sinks }) => sinks))];
  if (messages.length + records.length > 0) return { kind: "sent", messages, records };
  if (droppedBy !== undefined) return { kind: "dropped", by: droppedBy };
  if (alerts.length === 0) return { kind: "unmatched" };
  const sent = free.flatMap(({ open }) => open?.sent ?? []);
  if (sent.length === 0) return { kind: "held-back", by: alerts.flatMap(({ heldBackBy }) => heldBackBy) };
  const accepted = new Set(sent.filter((entry) => entry.accepted).map(({ sink }) => sink));
  const waiting = new Set(sent.map(({ sink }) => sink)).difference(accepted);
  return { kind: "known", accepted: [...accepted], waiting: [...waiting] };
}

/** `for` only delays, and `minSeverity` is about one sink; everything else holds back an event that comes alone. */
function isHeld({ sinks, heldBackBy }: ExplainedAlert): boolean {
  return sinks.length === 0 || heldBackBy.some(({ reason }) => reason !== "for" && reason !== "min_severity");
}

/** By sink and time, in the order of the alerts. */
function messagesOf(alerts: readonly ExplainedAlert[]): readonly ExpectedMessages[] {
  const bySinkAndTime = new Map<string, ExpectedMessages & { readonly groups: ReadonlySet<string> }>();
  for (const { groupKey, open, sinks, waitMs, dueInMs } of alerts) {
    for (const sink of sinks) {
      if (open?.sent.some((entry) => entry.sink === sink) === true) continue;
      const inMs = dueInMs[sink] ?? waitMs;
      const key = `${inMs} ${sink}`;
      const groups = new Set([...(bySinkAndTime.get(key)?.groups ?? []), groupKey]);
      bySinkAndTime.set(key, { sink, inMs, count: groups.size, groups });
    }
  }
  return [...bySinkAndTime.values()].map(({ sink, inMs, count }) => ({ sink, inMs, count }));
}
