import type { GroupFacts } from "../../rule/index.ts";
import { MOST_OBJECTS } from "../message/open-alert.ts";
import { type Composing, titleOf, toNotified } from "../message/to-notified.ts";
import type { NotifiedAlert } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { composingWithoutLogs } from "./composing.ts";
import type { DispatchContext } from "./dispatch-context.ts";

/** An open alert as a message would tell it now, without logs. Changes nothing. */
export function asTold(context: DispatchContext, alert: AlertState): NotifiedAlert {
  return toNotified(alert, { group: groupOf(context, alert), room: MOST_OBJECTS }, askedBy(context));
}

/** Its title alone, which costs much less. */
export function titleAsTold(context: DispatchContext, alert: AlertState): string {
  return titleOf(alert, groupOf(context, alert), askedBy(context));
}

/** A text that cannot be rendered is counted by the messages about the alert, not by questions. */
function askedBy(context: DispatchContext): Composing {
  return { ...composingWithoutLogs(context), onTextError: () => undefined };
}

/** The first of its groups; one of its own for an alert that is in none. */
function groupOf({ alerts, groups }: DispatchContext, { destinations }: AlertState): GroupFacts {
  const [{ groupKey } = { groupKey: "" }] = destinations;
  const labels = groups.get(groupKey)?.labels ?? {};
  return { key: groupKey, labels, alerts: Math.max(1, alerts.countOfGroup(groupKey)) };
}
