import type { Notification, NotifiedAlert, NotifiedObject } from "../../alert/index.ts";
import { oneLine, truncate } from "../../lib/text.ts";
import { extentOf, times } from "./facts.ts";

/** A screen of a phone. */
const MOST_PLACES = 10;
/** Code units; names of objects have at most 253 characters. */
const LONGEST_PLACE = 280;

/** Where exactly: one line for each object, or for each alert when there are several. */
export interface Places {
  /** At most 10, worst first; one line each, not escaped. */
  readonly lines: readonly string[];
  /** How many more there are. */
  readonly omitted: number;
}

/** The places of a notification; none when the title already names the only one. */
export function placesOf(notification: Notification): Places {
  const { alerts, alertsOmitted, title } = notification;
  const [only] = alerts;
  if (alerts.length > 1) return cut(alerts.map(alertLine(alerts)), alertsOmitted);
  if (only === undefined) return { lines: [], omitted: 0 };
  const objects = only.objects.toSorted((a, b) => b.occurrences - a.occurrences);
  const [first] = objects;
  const isNamed = first !== undefined && first.container === "" && title.includes(first.name);
  if (objects.length === 1 && isNamed && only.objectsOmitted === 0) return { lines: [], omitted: 0 };
  return cut(objects.map(objectLine), only.objectsOmitted);
}

function cut(lines: readonly string[], omitted: number): Places {
  const shown = lines.slice(0, MOST_PLACES).map((line) => truncate(oneLine(line), LONGEST_PLACE));
  return { lines: shown, omitted: omitted + lines.length - shown.length };
}

/** `Pod shop/web-1 (app) · 3 times`. */
function objectLine(object: NotifiedObject): string {
  const { kind, namespace, name, container, occurrences } = object;
  const where = namespace === "" ? name : `${namespace}/${name}`;
  const inside = container === "" ? "" : ` (${container})`;
  return `${kind} ${where}${inside}${occurrences > 1 ? ` · ${times(occurrences)}` : ""}`;
}

/** `critical · StatefulSet/ledger in pay · 4 times on 1 pod`; its title where the alerts are of several rules. */
function alertLine(alerts: readonly NotifiedAlert[]): (alert: NotifiedAlert) => string {
  const mixedRules = alerts.some((alert) => alert.rule !== alerts[0]?.rule);
  const mixedSeverities = alerts.some((alert) => alert.severity !== alerts[0]?.severity);
  const mixedStates = alerts.some((alert) => alert.status !== alerts[0]?.status);
  return (alert) => {
    const { workload = "", namespace = "" } = alert.labels;
    const subject =
      workload === "" ? alert.title : `${workload}${namespace === "" ? "" : ` in ${namespace}`}`;
    const ended = mixedStates && alert.status === "resolved";
    return [
      ...(ended ? ["over"] : mixedSeverities ? [alert.severity] : []),
      mixedRules ? alert.title : subject,
      extentOf({ alerts: [alert], alertsOmitted: 0, occurrences: alert.occurrences }),
    ].join(" · ");
  };
}
