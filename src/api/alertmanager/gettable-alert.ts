import { type AlertState, type NotifiedAlert, type Policy, ToldAlert } from "../../alert/index.ts";
import type { ApiContext } from "../bridge.ts";
import { toInstant } from "../views/instant.ts";
import type { ActiveSilences } from "./active-silences.ts";
import { type AlertStatus, statusOf } from "./alert-status.ts";
import { toApiLabels } from "./api-labels.ts";
import { toAnnotations } from "./to-annotations.ts";

/** An alert that fires ends so long from now at the soonest: Alertmanager's own `resolve_timeout`. */
const SOONEST_END_MS = 5 * 60_000;

/** An alert as `GET /alerts` of Alertmanager shows it (`gettableAlert` of its openapi.yaml, 0.35). */
export interface GettableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly updatedAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
  readonly status: AlertStatus & { readonly mutedBy: readonly string[] };
}

/** The facts around the alerts of one answer. */
export interface AlertSurroundings extends Pick<ApiContext, "conditionOf" | "asTold" | "configuration"> {
  readonly silences: ActiveSilences;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes the form of Alertmanager of an alert that fires. @param mutedBy Intervals that mute its route. */
export function toGettableAlert(
  alert: AlertState,
  surroundings: AlertSurroundings,
  mutedBy: readonly string[] = [],
): GettableAlert {
  const { now } = surroundings;
  const configuration = surroundings.configuration();
  const status = statusOf(alert, surroundings);
  const source = sourceOf(alert, configuration.process.server.publicUrl);
  return {
    labels: toApiLabels(alert.labels),
    annotations: toAnnotations(surroundings.asTold(alert) ?? openAlert(alert, configuration.policy, now)),
    receivers: sinksOf(alert).map((name) => ({ name })),
    fingerprint: alert.fingerprint,
    // The clock of a writer may be ahead: an alert that fires has begun.
    startsAt: toInstant(Math.min(alert.firstSeenAt, now)),
    updatedAt: toInstant(alert.occurredAt),
    // It ends at its age at the latest, unless its state says that it goes on.
    endsAt: toInstant(Math.max(alert.occurredAt + alert.maxAgeMs, now + SOONEST_END_MS)),
    ...(source === undefined ? {} : { generatorURL: source }),
    status: { ...status, state: mutedBy.length > 0 ? "suppressed" : status.state, mutedBy },
  };
}

/** The sinks that an alert goes to, in the order of their names. */
export function sinksOf({ destinations }: Pick<AlertState, "destinations">): readonly string[] {
  return [...new Set(destinations.flatMap(({ sinks }) => sinks))].toSorted();
}

/** Without an engine nobody knows the cause. */
function openAlert(alert: AlertState, { rules }: Pick<Policy, "rules">, now: number): NotifiedAlert {
  const group = { key: alert.destinations[0]?.groupKey ?? "", labels: {}, alerts: 1 };
  return ToldAlert.of(alert, group, { rule: (name) => rules.byName.get(name), now });
}

/** The page of the alert, or its dashboard. */
function sourceOf({ fingerprint, dashboard }: AlertState, publicUrl: string | undefined): string | undefined {
  if (publicUrl !== undefined) return `${publicUrl.replace(/\/+$/u, "")}/alerts/${fingerprint}`;
  const url = URL.parse(dashboard ?? "");
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.href : undefined;
}
