import type { NotifiedAlert } from "../../alert/index.ts";
import { cleanText } from "../../lib/text.ts";

/** Objects that the annotation names. */
const MOST_OBJECTS = 10;

/**
 * All that is told of an alert beside its labels, under the names that the sink `alertmanager` uses. Without terminal
 * escapes and unseen marks: programs print them as they are.
 */
export function toAnnotations(alert: NotifiedAlert): Record<string, string> {
  const { title, text, runbook, dashboard, evidence, event, occurrences, objects, startsAt } = alert;
  const names = [...new Set(objects.map(({ kind, name }) => `${kind}/${name}`))];
  const rest = alert.objectsOmitted + Math.max(0, names.length - MOST_OBJECTS);
  const annotations: Readonly<Record<string, string>> = {
    summary: title,
    description: text,
    cause: evidence?.summary ?? "",
    event_message: event.message === text ? "" : event.message,
    objects: names.slice(0, MOST_OBJECTS).join(", ") + (rest > 0 ? ` and ${rest} more` : ""),
    count: String(occurrences),
    first_seen: startsAt,
    last_seen: event.lastSeen,
    runbook_url: runbook ?? "",
    dashboard_url: dashboard ?? "",
  };
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, cleanText(value)]),
  );
}
