import type { ApiGroup } from "./api-group.ts";
import type { CoreEvent } from "./core-event.ts";
import { badRequest } from "./status.ts";

/** Selectable fields of an Event, keyed by core/v1 field label. */
export type SelectableFields = Readonly<Record<string, string>>;

const INVOLVED = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;
const SHARED = ["reason", "type", "metadata.name", "metadata.namespace"];

/** Label as the client writes it → label of `SelectableFields`. `events.k8s.io/v1` does not know `source`. */
const LABELS: Readonly<Record<ApiGroup, ReadonlyMap<string, string>>> = {
  core: new Map(
    [...SHARED, "reportingComponent", "source", ...INVOLVED.map((key) => `involvedObject.${key}`)].map(
      (label) => [label, label],
    ),
  ),
  events: new Map([
    ...SHARED.map((label): [string, string] => [label, label]),
    ["reportingController", "reportingComponent"],
    ...INVOLVED.map((key): [string, string] => [`regarding.${key}`, `involvedObject.${key}`]),
  ]),
};

/** The fields of one Event (kubernetes pkg/registry/core/event/strategy.go). */
export function selectableFields(event: CoreEvent): SelectableFields {
  const fields: Record<string, string> = {
    reason: event.reason ?? "",
    type: event.type ?? "",
    reportingComponent: event.reportingComponent,
    source: event.source.component ?? event.reportingComponent,
    "metadata.name": event.metadata.name ?? "",
    "metadata.namespace": event.metadata.namespace ?? "",
  };
  for (const key of INVOLVED) fields[`involvedObject.${key}`] = event.involvedObject[key] ?? "";
  return fields;
}

/** Whether an Event is selected. */
export type FieldSelector = (fields: SelectableFields) => boolean;

/**
 * Compiles `a=b,c!=d`; undefined for no selector. `\` escapes `,`, `=` and itself in values.
 *
 * @throws {StatusError} 400 for a label that this group does not know, or a term without `=`.
 */
export function parseFieldSelector(text: string, group: ApiGroup): FieldSelector | undefined {
  const terms = text
    .split(/(?<!\\),/u)
    .filter((term) => term !== "")
    .map((term) => parseTerm(term, group));
  if (terms.length === 0) return undefined;
  return (fields) => terms.every((term) => (fields[term.label] === term.value) === term.wanted);
}

function parseTerm(
  term: string,
  group: ApiGroup,
): { readonly label: string; readonly value: string; readonly wanted: boolean } {
  const match = /^(?<label>[^=!]*)(?<operator>!=|==|=)(?<value>.*)$/su.exec(term);
  const { label = "", operator, value = "" } = match?.groups ?? {};
  if (operator === undefined) {
    throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  }
  const known = LABELS[group].get(label);
  if (known === undefined) {
    throw badRequest(`field label not supported: ${label}`);
  }
  return { label: known, value: value.replaceAll(/\\([\\,=])/gu, "$1"), wanted: operator !== "!=" };
}
