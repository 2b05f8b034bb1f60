import type { EventRecord } from "../../alert/index.ts";
import { oneLine, truncate, truncateBytes } from "../../lib/text.ts";

/** Facility local0, which administrators give away as they like: RFC 5424, 6.2.1. */
const FACILITY = 16;

/** RFC 5424, 6.2.1: warning and informational. */
const WARNING = 4;
const INFORMATIONAL = 6;

/** Longest value of structured data here, in characters. */
const LONGEST_VALUE = 256;

/**
 * The message of a record by RFC 5424. 32473 is the enterprise number for examples (RFC 5612): Tocsin has none of its
 * own. Line breaks and control characters become blanks, so that a message is one line for every receiver.
 *
 * @param mostBytes The end of a longer message is cut off.
 */
export function messageOf(record: EventRecord, mostBytes: number): string {
  const { event } = record;
  const severity = event.type === "Warning" ? WARNING : INFORMATIONAL;
  const host = nameOf(event.source.host === "" ? record.cluster : event.source.host, 255);
  const head = `<${FACILITY * 8 + severity}>1 ${event.lastSeen} ${host} tocsin - ${nameOf(event.reason, 32)}`;
  return truncateBytes(`${head} ${structuredDataOf(record)} ${oneLine(event.message)}`, mostBytes);
}

function structuredDataOf({ id, cluster, delta, event }: EventRecord): string {
  const { involvedObject: object } = event;
  const values = {
    id,
    cluster,
    namespace: object.namespace,
    kind: object.kind,
    name: object.name,
    container: object.container,
    type: event.type,
    reason: event.reason,
    component: event.source.component,
    node: event.source.host,
    uid: event.uid,
    count: String(event.count),
    delta: String(delta),
  };
  const known = Object.entries(values).filter(([, value]) => value !== "");
  return `[tocsin@32473 ${known.map(([name, value]) => `${name}="${escaped(value)}"`).join(" ")}]`;
}

/** RFC 5424, 6.3.3: these three characters have a backslash before them. */
function escaped(value: string): string {
  return truncate(oneLine(value), LONGEST_VALUE).replaceAll(/["\\\]]/gu, String.raw`\$&`);
}

/** A field of the head: printable ASCII without blanks, or a hyphen for none. */
function nameOf(text: string, longest: number): string {
  const name = text.replaceAll(/[^\u0021-\u007e]+/gu, "_").slice(0, longest);
  return name === "" ? "-" : name;
}
