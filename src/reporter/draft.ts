import { cutMiddleBytes } from "../lib/cut-middle.ts";
import { fingerprint } from "../lib/hash.ts";
import {
  LONGEST_NAME,
  LONGEST_NOTE,
  LONGEST_QUALIFIED_NAME,
  LONGEST_WORD,
  MOST_ANNOTATION_BYTES,
} from "./limits.ts";
import { ReportError } from "./report-error.ts";
import type { ObjectReference, Report } from "./report.ts";

/** A report that the API server will accept, as far as the reporter can know. */
export interface Draft {
  /** The namespace of the Event: that of the object, or `default`. */
  readonly namespace: string;
  readonly regarding: ObjectReference;
  readonly related: ObjectReference | undefined;
  readonly type: "Warning" | "Normal";
  readonly reason: string;
  readonly action: string;
  /** At most 1,024 bytes. */
  readonly note: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** "" for none. */
  readonly dedupeKey: string;
}

const SEVERITY_ANNOTATION = "tocsin.dev/severity";
const SEVERITIES: ReadonlySet<unknown> = new Set(["critical", "warning", "info"]);

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const WORD = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;

/** The form that `isQualifiedName` accepts, for messages. */
export const QUALIFIED_NAME_FORM =
  "letters, digits, -, _ and . with a letter or digit at both ends, at most 63, with or without a DNS prefix and /";

/**
 * Checks a report by the rules of the API server (docs/design/events.md#what-the-api-server-accepts) and cuts its note.
 *
 * @throws {ReportError} `invalid`, naming the first field that is wrong and what it should be.
 */
export function draftOf(report: Report): Draft {
  const regarding = checkReference(report.regarding, "regarding");
  const related = report.related === undefined ? undefined : checkReference(report.related, "related");
  const { type = "Warning", note, dedupeKey } = report;
  if (type !== "Warning" && type !== "Normal") throw invalid("type", type, "write Warning or Normal");
  if (typeof note !== "string") throw invalid("note", note, "write what happened, for people");
  if (dedupeKey !== undefined) checkText(dedupeKey, "dedupeKey", LONGEST_NOTE);
  return {
    namespace: regarding.namespace ?? "default",
    regarding,
    related,
    type,
    reason: checkText(report.reason, "reason", LONGEST_WORD),
    action: checkText(report.action, "action", LONGEST_WORD),
    note: cutMiddleBytes(note, LONGEST_NOTE),
    annotations: checkAnnotations(report),
    dedupeKey: dedupeKey ?? "",
  };
}

/** Whether the API server accepts it as reportingController: `kubelet`, `shop.example/injector`. */
export function isQualifiedName(name: string): boolean {
  const parts = name.split("/");
  const word = parts.pop() ?? "";
  const [prefix, ...more] = parts;
  if (more.length > 0 || word.length > LONGEST_QUALIFIED_NAME || !WORD.test(word)) return false;
  return prefix === undefined || isSubdomain(prefix);
}

/** Whether it can be the name of an Event in both APIs. */
export function isSubdomain(name: string): boolean {
  return name.length <= LONGEST_NAME && SUBDOMAIN.test(name);
}

/** Equal for reports of one series: the same occurrence on the same object, with any note under `mergeNotes`. */
export function seriesKey(draft: Draft, mergeNotes: boolean): string {
  const { type, reason, action, regarding, related, dedupeKey } = draft;
  const note = mergeNotes || dedupeKey !== "" ? "" : draft.note;
  const about = related === undefined ? "" : partsOf(related);
  return fingerprint([type, reason, action, partsOf(regarding), about, dedupeKey, note]);
}

/** Equal for reports that share a pace of writing. */
export function paceKey({ type, reason, regarding }: Draft): string {
  return fingerprint([type, reason, partsOf(regarding)]);
}

/** `InjectionFailed about Deployment shop/web`, for messages. */
export function describeDraft({ reason, regarding }: Draft): string {
  const { kind, namespace = "", name } = regarding;
  return `${reason} about ${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

function partsOf(ref: ObjectReference): string {
  const { apiVersion, kind, namespace, name, uid, fieldPath } = ref;
  return JSON.stringify([apiVersion, kind, namespace, name, uid, fieldPath]);
}

/** A copy without empty parts; the caller may change its own afterwards. */
function checkReference(ref: ObjectReference, field: string): ObjectReference {
  if (typeof ref !== "object" || ref === null) throw invalid(field, ref, "write which object is meant");
  const { apiVersion, kind, namespace, name, uid, fieldPath } = ref;
  if (namespace !== undefined && namespace !== "" && !(isText(namespace) && LABEL.test(namespace))) {
    throw invalid(`${field}.namespace`, namespace, "write the name of a namespace");
  }
  // Set key by key: a burst of reports leaves less garbage than with spread objects.
  const copy: { -readonly [Key in keyof ObjectReference]: ObjectReference[Key] } = {
    kind: checkText(kind, `${field}.kind`, LONGEST_WORD),
    name: checkText(name, `${field}.name`, LONGEST_NAME),
  };
  if (isGiven(apiVersion)) copy.apiVersion = checkText(apiVersion, `${field}.apiVersion`, LONGEST_NAME);
  if (isGiven(namespace)) copy.namespace = namespace;
  if (isGiven(uid)) copy.uid = checkText(uid, `${field}.uid`, LONGEST_NAME);
  if (isGiven(fieldPath)) copy.fieldPath = checkText(fieldPath, `${field}.fieldPath`, LONGEST_NAME);
  return copy;
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined && value !== "";
}

function checkText(value: unknown, field: string, mostBytes: number): string {
  if (!isText(value) || value === "") throw invalid(field, value, `write a text of 1 to ${mostBytes} bytes`);
  const bytes = Buffer.byteLength(value);
  if (bytes > mostBytes) {
    throw new ReportError("invalid", `${field} has ${bytes} bytes; at most ${mostBytes} are allowed`, {
      field,
    });
  }
  return value;
}

const NO_ANNOTATIONS: Readonly<Record<string, string>> = {};

function checkAnnotations({ annotations, severity }: Report): Readonly<Record<string, string>> {
  if (annotations === undefined && severity === undefined) return NO_ANNOTATIONS;
  if (severity !== undefined && !SEVERITIES.has(severity)) {
    throw invalid("severity", severity, "write critical, warning or info");
  }
  const all: Record<string, unknown> = { ...annotations };
  if (severity !== undefined) all[SEVERITY_ANNOTATION] = severity;
  let bytes = 0;
  for (const [key, value] of Object.entries(all)) {
    if (!isQualifiedName(key)) throw invalid("annotations", key, `the key must be ${QUALIFIED_NAME_FORM}`);
    if (!isText(value)) throw invalid(`annotations.${key}`, value, "write a text");
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MOST_ANNOTATION_BYTES) {
    const message = `annotations have ${bytes} bytes; at most ${MOST_ANNOTATION_BYTES} are allowed`;
    throw new ReportError("invalid", message, { field: "annotations" });
  }
  // The code above found every value to be a text.
  return all as Record<string, string>;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function invalid(field: string, value: unknown, what: string): ReportError {
  return new ReportError("invalid", `${field} is ${shown(value)}; ${what}`, { field });
}

function shown(value: unknown): string {
  if (value === "") return "empty";
  if (value === undefined) return "missing";
  const text = typeof value === "string" ? JSON.stringify(value) : typeof value;
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
