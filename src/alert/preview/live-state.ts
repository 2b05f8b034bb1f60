import type { Hold } from "../hold.ts";
import type { Policy } from "../policy.ts";
import type { Silence } from "../silence.ts";
import type { AlertState, GroupState } from "../state.ts";
import { Inhibitor } from "../suppression/inhibitor.ts";
import { SilenceBook } from "../suppression/silence-book.ts";

/** What a running bridge knows beyond an Event: which alerts are open, who was told, and what holds back now. */
export interface LiveState {
  readonly alertOf: (fingerprint: string) => AlertState | undefined;
  /** Sinks that were told that an alert fires, and not yet of its end, in this group. */
  readonly toldOf: (alert: AlertState, groupKey: string) => readonly string[];
  /** A cause that is open, or a silence. Hours are the route's business. */
  readonly holdOf: (alert: AlertState, now: number) => Hold | undefined;
}

/**
 * The situation of a bridge, as of now: a copy that changes nothing. Without `running` nothing is open, and only the
 * silences of the configuration hold.
 */
export function liveStateFrom(
  policy: Policy,
  running?: {
    readonly alerts: Iterable<AlertState>;
    readonly groups: Iterable<GroupState>;
    readonly silences: readonly Silence[];
  },
): LiveState {
  const alerts = new Map([...(running?.alerts ?? [])].map((alert) => [alert.fingerprint, alert]));
  const groups = new Map([...(running?.groups ?? [])].map((group) => [group.key, group]));
  const inhibitor = new Inhibitor(policy.inhibit, (fingerprint) => alerts.get(fingerprint));
  inhibitor.configure(policy.inhibit, alerts.values());
  const silences = new SilenceBook(running?.silences ?? policy.silences);
  return {
    alertOf: (fingerprint) => alerts.get(fingerprint),
    toldOf: ({ fingerprint }, groupKey) =>
      (groups.get(groupKey)?.told ?? [])
        .filter(({ firing }) => firing[fingerprint] !== undefined)
        .map(({ sink }) => sink),
    holdOf: (alert, now) => inhibitor.holdOf(alert, now) ?? silences.holdOf(alert, now),
  };
}
