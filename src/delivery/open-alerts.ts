import {
  type AlertState,
  type GroupState,
  type NotifiedAlert,
  type Policy,
  ToldAlert,
} from "../alert/index.ts";
import type { Queries } from "../store/index.ts";

/** Rows of one question. */
const AT_ONCE = 100;

/** The collaborators of `openAlerts`. */
export interface OpenAlertsDeps {
  readonly queries: Pick<Queries, "alerts" | "groups">;
  /** As configured now. */
  readonly policy: () => Pick<Policy, "rules">;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The group of an alert in which a sink has it. */
type OwnGroup = Pick<GroupState, "key" | "labels"> & { readonly alerts: number };

/**
 * The alerts that fire and of which the receiver of a sink has accepted a message, with the present texts of their rules;
 * some at a time. It reads every group of the sink once, and every alert that goes to it.
 */
export async function* openAlerts(
  sink: string,
  { queries, policy, now }: OpenAlertsDeps,
): AsyncGenerator<readonly NotifiedAlert[]> {
  const groups = await acceptedAlerts(sink, queries);
  if (groups.size === 0) return;
  const composing = { rule: (name: string) => policy().rules.byName.get(name), now: now() };
  const toNotified = (alert: AlertState): readonly NotifiedAlert[] => {
    const group = groups.get(alert.fingerprint);
    return group === undefined ? [] : [ToldAlert.of(alert, group, composing)];
  };
  let after: Awaited<ReturnType<Queries["alerts"]>>["next"];
  do {
    const page = await queries.alerts({ sink, phases: ["firing"], limit: AT_ONCE, after });
    const alerts = page.rows.flatMap(toNotified);
    if (alerts.length > 0) yield alerts;
    after = page.next;
  } while (after !== undefined);
}

/** By fingerprint: the alerts that the receiver has accepted and was not told to be over, with their group. */
async function acceptedAlerts(
  sink: string,
  queries: OpenAlertsDeps["queries"],
): Promise<ReadonlyMap<string, OwnGroup>> {
  const found = new Map<string, OwnGroup>();
  let after: Awaited<ReturnType<Queries["groups"]>>["next"];
  do {
    const page = await queries.groups({ sink, limit: AT_ONCE, after });
    for (const { key, labels, told } of page.rows) {
      const sent = Object.entries(told.find((one) => one.sink === sink)?.firing ?? {});
      const accepted = sent.filter(
        ([, { accepted: isAccepted, over }]) => isAccepted === true && over === undefined,
      );
      const group = { key, labels, alerts: accepted.length };
      for (const [fingerprint] of accepted) found.set(fingerprint, group);
    }
    after = page.next;
  } while (after !== undefined);
  return found;
}
