import { setImmediate } from "node:timers/promises";

import type { AlertState } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import type { AlertFilter } from "./alert-filter.ts";
import { statusOf } from "./alert-status.ts";
import { toApiLabels } from "./api-labels.ts";
import { findFiring, MOST_WHOLE, readFiring } from "./firing.ts";
import type { AlertSurroundings } from "./gettable-alert.ts";

/** The alerts of one group that one sink gets. Alertmanager has such groups: each has one receiver. */
export interface SinkGroup {
  readonly route: string;
  /** As this API shows them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The name of the sink; "" for alerts that no route takes. */
  readonly receiver: string;
  /** In their order; one or more. */
  readonly fingerprints: readonly string[];
}

/** Groups whose labels are read at once. */
const MOST_GROUPS = 250;

/** Sorts the alerts that pass a filter into groups by group and sink, in the order of Alertmanager: labels, receiver. */
export async function sortIntoGroups(
  queries: Pick<Queries, "alerts" | "labels" | "groupsByKey">,
  filter: AlertFilter,
  surroundings: AlertSurroundings,
): Promise<readonly SinkGroup[]> {
  const byKey = new Map<string, Map<string, string[]>>();
  const fingerprints = await findFiring(queries, filter.takesLabels);
  for (let at = 0; at < fingerprints.length; at += MOST_WHOLE) {
    const alerts = await readFiring(queries, fingerprints.slice(at, at + MOST_WHOLE));
    for (const alert of alerts.values()) {
      if (filter.asksForStatus && !filter.takesStatus(statusOf(alert, surroundings))) continue;
      for (const { groupKey, sink } of placesOf(alert)) {
        if (filter.takesReceiver(sink)) addTo(byKey, { groupKey, sink, fingerprint: alert.fingerprint });
      }
    }
  }
  return nameGroups(queries, byKey);
}

function placesOf({ destinations }: Pick<AlertState, "destinations">): readonly Place[] {
  // People who look here must see also what nobody is told of.
  if (destinations.length === 0) return [{ groupKey: "", sink: "" }];
  return destinations.flatMap(({ groupKey, sinks }) => sinks.map((sink) => ({ groupKey, sink })));
}

interface Place {
  readonly groupKey: string;
  readonly sink: string;
}

function addTo(
  byKey: Map<string, Map<string, string[]>>,
  { groupKey, sink, fingerprint }: Place & { readonly fingerprint: string },
): void {
  const bySink = byKey.get(groupKey) ?? new Map<string, string[]>();
  byKey.set(groupKey, bySink);
  const fingerprints = bySink.get(sink) ?? [];
  bySink.set(sink, fingerprints);
  fingerprints.push(fingerprint);
}

async function nameGroups(
  queries: Pick<Queries, "groupsByKey">,
  byKey: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
): Promise<readonly SinkGroup[]> {
  const named: (SinkGroup & { readonly order: string })[] = [];
  const keys = [...byKey.keys()];
  for (let at = 0; at < keys.length; at += MOST_GROUPS) {
    await setImmediate();
    const page = keys.slice(at, at + MOST_GROUPS);
    const states = await queries.groupsByKey(page, []);
    const known = new Map(states.map((state) => [state.key, state]));
    for (const key of page) {
      const { route = "", labels = {} } = known.get(key) ?? {};
      const shown = toApiLabels(labels);
      for (const [receiver, fingerprints] of byKey.get(key) ?? [])
        named.push({ route, labels: shown, receiver, fingerprints, order: orderOf(shown, receiver) });
    }
  }
  return named.toSorted((one, other) => (one.order < other.order ? -1 : 1));
}

function orderOf(labels: SinkGroup["labels"], receiver: string): string {
  const sorted = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sorted, receiver]);
}
