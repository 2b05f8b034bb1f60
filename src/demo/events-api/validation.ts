import { isDeepStrictEqual } from "node:util";

import { type ApiGroup, GROUP_NAME } from "./api-group.ts";
import type { CoreEvent } from "./core-event.ts";
import { type Cause, invalid } from "./status.ts";

// https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/validation/events.go
const LONGEST_WORD = 128;
const LONGEST_NOTE_BYTES = 1024;

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;

/** Validates an update; through `events.k8s.io/v1` a writer may change only series and metadata. */
const IMMUTABLE = [
  "involvedObject",
  "reason",
  "message",
  "source",
  "firstTimestamp",
  "lastTimestamp",
  "count",
  "type",
  "eventTime",
  "action",
  "related",
  "reportingComponent",
  "reportingInstance",
] as const satisfies readonly (keyof CoreEvent)[];

/** @throws {StatusError} 422 with every fault. */
export function validateCreate(event: CoreEvent, group: ApiGroup): void {
  const causes = [...nameFaults(event, group), ...commonFaults(event, group)];
  if (group === "events") causes.push(...seriesFaults(event), ...newStyleFaults(event));
  refuse(event, group, causes);
}

/** @throws {StatusError} 422 with every fault. */
export function validateUpdate(event: CoreEvent, old: CoreEvent, group: ApiGroup): void {
  const causes = commonFaults(event, group);
  if (group === "events") {
    if (!isDeepStrictEqual(event.series, old.series)) causes.push(...seriesFaults(event));
    for (const field of IMMUTABLE) {
      if (!isDeepStrictEqual(event[field], old[field])) {
        causes.push(invalidValue(field, event[field] ?? "", "field is immutable"));
      }
    }
  }
  refuse(event, group, causes);
}

function refuse(event: CoreEvent, group: ApiGroup, causes: readonly Cause[]): void {
  if (causes.length > 0) throw invalid("Event", GROUP_NAME[group], event.metadata.name ?? "", causes);
}

function nameFaults(event: CoreEvent, group: ApiGroup): Cause[] {
  const name = event.metadata.name ?? "";
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  if (name === "." || name === ".." || /[/%]/u.test(name)) {
    return [invalidValue("metadata.name", name, "may not be '.' or '..' or contain '/' or '%'")];
  }
  if (group === "events" && (!SUBDOMAIN.test(name) || name.length > 253)) {
    return [invalidValue("metadata.name", name, "must be a lowercase RFC 1123 subdomain")];
  }
  return [];
}

function commonFaults(event: CoreEvent, group: ApiGroup): Cause[] {
  const causes: Cause[] = [];
  const own = event.metadata.namespace ?? "";
  const involved = event.involvedObject.namespace ?? "";
  if (!namespacesAgree(own, involved, event.eventTime !== null)) {
    causes.push(invalidValue("involvedObject.namespace", involved, "does not match event.namespace"));
  }
  if (event.eventTime !== null) {
    const controller = group === "core" ? "reportingComponent" : "reportingController";
    if (event.reportingComponent === "") causes.push(required(controller, ""));
    if (!isQualifiedName(event.reportingComponent)) {
      causes.push(invalidValue(controller, event.reportingComponent, "must be a qualified name"));
    }
    causes.push(...wordFaults("reportingInstance", event.reportingInstance));
    causes.push(...wordFaults("action", event.action ?? ""));
    causes.push(...wordFaults("reason", event.reason ?? ""));
    if (Buffer.byteLength(event.message ?? "") > LONGEST_NOTE_BYTES) {
      causes.push(invalidValue("message", "", `can have at most ${LONGEST_NOTE_BYTES} characters`));
    }
  }
  return causes;
}

/** Events about cluster-scoped objects lie in `default`, new-style ones also in `kube-system`. */
function namespacesAgree(own: string, involved: string, newStyle: boolean): boolean {
  if (involved === "") return own === "default" || (newStyle && own === "kube-system");
  return newStyle || own === involved;
}

function wordFaults(field: string, value: string): Cause[] {
  if (value === "") return [required(field, "")];
  if (Buffer.byteLength(value) <= LONGEST_WORD) return [];
  return [invalidValue(field, "", `can have at most ${LONGEST_WORD} characters`)];
}

function newStyleFaults(event: CoreEvent): Cause[] {
  const causes: Cause[] = [];
  if (event.eventTime === null) causes.push(required("eventTime", ""));
  if (event.type !== "Normal" && event.type !== "Warning") {
    causes.push(invalidValue("type", "", `has invalid value: ${event.type ?? ""}`));
  }
  const unset = "needs to be unset";
  if (event.firstTimestamp !== null) causes.push(invalidValue("firstTimestamp", "", unset));
  if (event.lastTimestamp !== null) causes.push(invalidValue("lastTimestamp", "", unset));
  if (event.count !== undefined) causes.push(invalidValue("count", "", unset));
  if (Object.keys(event.source).length > 0) causes.push(invalidValue("source", "", unset));
  return causes;
}

function seriesFaults({ series }: CoreEvent): Cause[] {
  if (series === undefined) return [];
  const causes: Cause[] = [];
  if ((series.count ?? 0) < 2) causes.push(invalidValue("series.count", "", "should be at least 2"));
  if (series.lastObservedTime === null) causes.push(required("series.lastObservedTime", ""));
  return causes;
}

function isQualifiedName(value: string): boolean {
  const slash = value.indexOf("/");
  const prefix = slash === -1 ? undefined : value.slice(0, slash);
  const name = value.slice(slash + 1);
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) return false;
  return name.length <= 63 && QUALIFIED_NAME.test(name);
}

function invalidValue(field: string, value: unknown, why: string): Cause {
  const shown = typeof value === "string" ? `"${value}"` : JSON.stringify(value);
  return { reason: "FieldValueInvalid", message: `Invalid value: ${shown}: ${why}`, field };
}

function required(field: string, why: string): Cause {
  return { reason: "FieldValueRequired", message: `Required value${why === "" ? "" : `: ${why}`}`, field };
}
