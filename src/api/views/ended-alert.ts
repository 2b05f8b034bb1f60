import type { EndedRow } from "../../store/index.ts";
import type { EndedAlert, WholeEndedAlert } from "../schemas/ended-alert.ts";
import { toResolvedBy } from "./alert.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { why } from "./why.ts";

/** Objects of an alert in a list. */
const MOST_LISTED = 3;

/** Makes the form of an alert that is over in a list. */
export function toEndedAlert(row: EndedRow): EndedAlert {
  const { id, fingerprint, rule, severity, labels, title, resolvedBy, occurrences, told } = row;
  return {
    id,
    fingerprint,
    rule,
    severity,
    labels,
    title,
    firstSeenAt: toInstant(row.firstSeenAt),
    firedAt: toInstantOrNull(row.firedAt),
    resolvedAt: toInstant(row.resolvedAt),
    resolvedBy: resolvedBy === null ? null : toResolvedBy(resolvedBy),
    occurrences,
    objects: row.objects.slice(0, MOST_LISTED).map(toObject),
    objectCount: row.objects.length + row.objectsOmitted,
    told,
    why: told.length > 0 ? null : why("suppressed", row.waits ? "not_accepted_yet" : row.reason),
  };
}

/** Makes the answer's form of an alert that is over, with all that is kept of it. */
export function toWholeEndedAlert(row: EndedRow): WholeEndedAlert {
  const { text, runbook, dashboard, objects } = row;
  return { ...toEndedAlert(row), objects: objects.map(toObject), text, runbook, dashboard };
}

function toObject(object: EndedRow["objects"][number]): EndedAlert["objects"][number] {
  const { kind, namespace, name, container, occurrences, firstSeen, lastSeen, message } = object;
  return {
    kind,
    namespace,
    name,
    container,
    occurrences,
    firstSeenAt: firstSeen,
    lastSeenAt: lastSeen,
    message,
  };
}
