import type { Hold } from "../hold.ts";
import type { MessageToCome } from "../message-to-come.ts";
import type { Policy } from "../policy.ts";
import type { RouteHours } from "../route.ts";
import type { Silence } from "../silence.ts";
import type { AlertState, GroupState } from "../state.ts";
import { Holds } from "../suppression/holds.ts";

/** A sink with a message that an alert fires, and that was not sent its end yet. */
export interface SentTo {
  readonly sink: string;
  /** Whether its receiver has accepted such a message; else the message is in the outbox. */
  readonly accepted: boolean;
}

/** The state of a running bridge that a preview needs: open alerts, sent messages, and holds. */
export interface LiveState {
  readonly alertOf: (fingerprint: string) => AlertState | undefined;
  /** The sinks that have an alert in this group. */
  readonly sentTo: (alert: AlertState, groupKey: string) => readonly SentTo[];
  /** The news of an open alert that its sinks were not sent yet; none where no engine runs. */
  readonly messagesToCome: (alert: AlertState) => readonly MessageToCome[];
  /** Finds the hold on an alert in a group of a route. @param now Epoch milliseconds. */
  readonly holdOf: (alert: AlertState, route: RouteHours, now: number) => Hold | undefined;
}

/**
 * Copies the live state of a bridge, so that questions change nothing. Without `running` no alert is open, and only the
 * silences of the configuration hold.
 */
export function liveStateFrom(
  policy: Policy,
  running?: {
    readonly alerts: Iterable<AlertState>;
    readonly groups: Iterable<GroupState>;
    readonly silences: readonly Silence[];
    readonly messagesToCome?: LiveState["messagesToCome"] | undefined;
  },
): LiveState {
  const alerts = new Map([...(running?.alerts ?? [])].map((alert) => [alert.fingerprint, alert]));
  const groups = new Map([...(running?.groups ?? [])].map((group) => [group.key, group]));
  const holds = new Holds(policy);
  holds.load({ silences: running?.silences ?? policy.silences });
  for (const index of holds.indexes) for (const alert of alerts.values()) index.record(undefined, alert);
  return {
    alertOf: (fingerprint) => alerts.get(fingerprint),
    sentTo: ({ fingerprint }, groupKey) =>
      (groups.get(groupKey)?.told ?? []).flatMap(({ sink, firing }) => {
        const sent = firing[fingerprint];
        return sent === undefined ? [] : [{ sink, accepted: sent.accepted === true }];
      }),
    messagesToCome: running?.messagesToCome ?? (() => []),
    holdOf: (alert, route, now) => holds.holdOf(alert, { alerts, route, now }),
  };
}
