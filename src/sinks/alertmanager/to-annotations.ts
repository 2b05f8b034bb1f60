import type { NotifiedAlert, NotifiedObject } from "../../alert/index.ts";
import { cleanText } from "../../lib/text.ts";

/** Objects that the annotation names. */
const MOST_OBJECTS = 10;

/** All that is told of an alert beside its identity: it may change with each message. Empty ones are left out. */
export function toAnnotations(alert: NotifiedAlert): Record<string, string> {
  const { title, text, runbook, dashboard, evidence, event, occurrences, objects, startsAt, resolvedBy } =
    alert;
  const annotations: Readonly<Record<string, string>> = {
    summary: title,
    description: text,
    cause: evidence?.summary ?? "",
    event_message: event.message === text ? "" : event.message,
    objects: objectsText(objects, alert.objectsOmitted),
    count: String(occurrences),
    first_seen: startsAt,
    last_seen: event.lastSeen,
    resolved_by: [resolvedBy?.how, resolvedBy?.reason, resolvedBy?.what].filter(Boolean).join(": "),
    runbook_url: runbook ?? "",
    dashboard_url: dashboard ?? "",
  };
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, cleanText(value)]),
  );
}

function objectsText(objects: readonly NotifiedObject[], omitted: number): string {
  const names = [...new Set(objects.map(({ kind, name }) => `${kind}/${name}`))];
  const rest = omitted + Math.max(0, names.length - MOST_OBJECTS);
  return names.slice(0, MOST_OBJECTS).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
