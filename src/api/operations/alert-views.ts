import { type AlertState, type NotifiedAlert, ToldAlert } from "../../alert/index.ts";
import type { ApiContext } from "../bridge.ts";
import type { Alert, ListedAlert } from "../schemas/alert.ts";
import type { SentNews } from "../views/alert-sinks.ts";
import { toAlert, toListedAlert } from "../views/alert.ts";

/** Makes the views of alerts, with what the bridge knows around them. */
export interface AlertViews {
  readonly whole: (alert: AlertState, sent: SentNews) => Alert;
  readonly listed: (alert: AlertState, sent: SentNews) => ListedAlert;
  readonly titleOf: (alert: AlertState) => string;
  readonly told: (alert: AlertState) => NotifiedAlert;
}

/** The views of this moment. */
export function alertViews(context: ApiContext): AlertViews {
  const { configuration, clock, scrub, seenState, conditionOf, messagesToCome } = context;
  const now = clock.now();
  const { byName } = configuration().policy.rules;
  const rule = (name: string): ReturnType<typeof byName.get> => byName.get(name);
  // Without the engine nothing is known of the objects, and a group is one of its own.
  const asTold = (alert: AlertState): NotifiedAlert =>
    context.asTold(alert) ?? ToldAlert.of(alert, { key: "", labels: {}, alerts: 1 }, { rule, now });
  const titleOf = (alert: AlertState): string => context.titleOf(alert) ?? asTold(alert).title;
  const around = (alert: AlertState, sent: SentNews) => ({
    ...sent,
    condition: conditionOf(alert),
    toCome: messagesToCome(alert),
    scrub,
  });
  return {
    titleOf,
    told: asTold,
    listed: (alert, sent) => toListedAlert(alert, { ...around(alert, sent), title: titleOf(alert) }),
    whole: (alert, sent) =>
      toAlert(alert, {
        ...around(alert, sent),
        told: asTold(alert),
        seen: seenState(alert.fingerprint),
        now,
      }),
  };
}
