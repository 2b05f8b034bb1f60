import type { ApiContext } from "../bridge.ts";
import { ActiveSilences } from "./active-silences.ts";
import { type AlertFilter, readAlertFilter } from "./alert-filter.ts";
import { type Answer, type Operation, refuse } from "./answer.ts";
import { findFiring, MOST_WHOLE, readFiring } from "./firing.ts";
import { type AlertSurroundings, sinksOf, toGettableAlert } from "./gettable-alert.ts";
import { toJsonText } from "./json-text.ts";

/** `GET /alerts`: the alerts that fire, by fingerprint. */
export const listAlerts: Operation = async (context, { query }): Promise<Answer> => {
  const filter = readAlertFilter(query);
  const now = context.clock.now();
  const silences = new ActiveSilences(await context.queries.silences(), now);
  const fingerprints = await findFiring(context.queries, filter.takesLabels);
  return { parts: partsOf(context, { filter, fingerprints, silences, now }) };
};

/** `POST /alerts`. Programs that send alerts, such as Prometheus, show the text in their logs. */
export const refuseAlerts: Operation = () =>
  refuse(400, "Tocsin takes no alerts: it makes them of Kubernetes Events, by its rules");

async function* partsOf(
  context: ApiContext,
  {
    filter,
    fingerprints,
    silences,
    now,
  }: Pick<AlertSurroundings, "silences" | "now"> & {
    readonly filter: AlertFilter;
    readonly fingerprints: readonly string[];
  },
): AsyncIterable<string> {
  const { queries, conditionOf, asTold, configuration } = context;
  let separator = "[";
  for (let at = 0; at < fingerprints.length; at += MOST_WHOLE) {
    const page = fingerprints.slice(at, at + MOST_WHOLE);
    const alerts = await readFiring(queries, page);
    for (const fingerprint of page) {
      const alert = alerts.get(fingerprint);
      if (alert === undefined) continue;
      if (filter.asksForReceiver && !sinksOf(alert).some(filter.takesReceiver)) continue;
      const shown = toGettableAlert(alert, { conditionOf, asTold, configuration, silences, now });
      if (!filter.takesStatus(shown.status)) continue;
      yield separator + toJsonText(shown);
      separator = ",";
    }
  }
  yield separator === "[" ? "[]" : "]";
}
