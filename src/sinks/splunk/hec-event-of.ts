import type { EventRecord } from "../../alert/index.ts";
import { wellFormedJson } from "../../sink/index.ts";

/** Splunk keeps indexed fields in its index of words; longer values would fill it. */
const LONGEST_FIELD = 256;

/**
 * An event as the HTTP Event Collector reads it: the record, and beside it what finds it quickly
 * (https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector).
 *
 * @param json The record.
 */
export function hecEventOf({ cluster, event }: EventRecord, json: string, index: string | undefined): string {
  const { involvedObject: object } = event;
  const head = {
    // Seconds, with milliseconds behind the point.
    time: Date.parse(event.lastSeen) / 1000,
    host: event.source.host === "" ? cluster : event.source.host,
    source: "tocsin",
    sourcetype: "kube:events",
    index,
    fields: {
      cluster: fieldOf(cluster),
      namespace: fieldOf(object.namespace),
      kind: fieldOf(object.kind),
      reason: fieldOf(event.reason),
      type: fieldOf(event.type),
    },
  };
  return `${wellFormedJson(JSON.stringify(head)).slice(0, -1)},"event":${json}}\n`;
}

/** JSON leaves out what is undefined. */
function fieldOf(text: string): string | undefined {
  return text === "" ? undefined : text.slice(0, LONGEST_FIELD);
}
