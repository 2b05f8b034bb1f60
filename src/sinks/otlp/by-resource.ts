import type { EventRecord } from "../../alert/index.ts";
import { type Attributes, logOf, type OtlpLog, resourceOf } from "./log-of.ts";

/** The logs of one resource. */
export interface ResourceLogs {
  readonly resource: Attributes;
  readonly logs: readonly OtlpLog[];
}

/** Puts the records about one object together, in the order in which objects come first. */
export function byResource(records: readonly EventRecord[]): readonly ResourceLogs[] {
  const found = new Map<string, { readonly resource: Attributes; readonly logs: OtlpLog[] }>();
  for (const record of records) {
    const { kind, apiVersion, namespace, name, uid, fieldPath } = record.event.involvedObject;
    const { host } = record.event.source;
    // An Event may have any text as a name, also one with line breaks.
    const key = JSON.stringify([kind, apiVersion, namespace, name, uid, fieldPath, host, record.cluster]);
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { resource: resourceOf(record), logs: [logOf(record)] });
    else entry.logs.push(logOf(record));
  }
  return [...found.values()];
}
