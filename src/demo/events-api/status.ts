import { TocsinError } from "../../lib/errors.ts";
import { type ApiGroup, GROUP_NAME, RESOURCE } from "./api-group.ts";

/** One entry of `details.causes` of a Status. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** A `metav1.Status` that reports a failure. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Failure";
  readonly message: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
  };
  /** Also the HTTP status of the answer. */
  readonly code: number;
}

/** A refusal in the API server's words; the texts are those of k8s.io/apimachinery pkg/api/errors. */
export class StatusError extends TocsinError {
  readonly status: Status;

  constructor(status: Omit<Status, "kind" | "apiVersion" | "metadata" | "status">, next?: string) {
    super("ERR_API", status.message);
    this.name = "StatusError";
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: next === undefined ? {} : { continue: next },
      status: "Failure",
      ...status,
    };
  }
}

/** 400. */
export function badRequest(message: string): StatusError {
  return new StatusError({ message, reason: "BadRequest", code: 400 });
}

/** 400 for a body that is no Event. */
export function cannotDecode(why: string): StatusError {
  return badRequest(`Event in version "v1" cannot be handled as a Event: ${why}`);
}

/** 404 for one object; `resource` as in `events` or `namespaces`. */
export function notFound(group: ApiGroup, name: string, resource: string = RESOURCE[group]): StatusError {
  return new StatusError({
    message: `${resource} "${name}" not found`,
    reason: "NotFound",
    details: detailsOf(group, name, resource),
    code: 404,
  });
}

/** 409 on create. */
export function alreadyExists(
  group: ApiGroup,
  name: string,
  resource: string = RESOURCE[group],
): StatusError {
  return new StatusError({
    message: `${resource} "${name}" already exists`,
    reason: "AlreadyExists",
    details: detailsOf(group, name, resource),
    code: 409,
  });
}

/** 409 on update: the writer meant another version or another object. */
export function conflict(group: ApiGroup, name: string, why: string): StatusError {
  return new StatusError({
    message: `Operation cannot be fulfilled on ${RESOURCE[group]} "${name}": ${why}`,
    reason: "Conflict",
    details: detailsOf(group, name, RESOURCE[group]),
    code: 409,
  });
}

/** 422; `kind` is the checked kind, such as `Event`. */
export function invalid(
  kind: string,
  groupName: string,
  name: string,
  causes: readonly Cause[],
): StatusError {
  const faults = causes.map((cause) => `${cause.field ?? ""}: ${cause.message}`);
  const [only] = faults;
  const text = faults.length === 1 ? only : `[${faults.join(", ")}]`;
  const qualified = groupName === "" ? kind : `${kind}.${groupName}`;
  return new StatusError({
    message: `${qualified} "${name}" is invalid: ${text}`,
    reason: "Invalid",
    details: {
      ...(name === "" ? {} : { name }),
      ...(groupName === "" ? {} : { group: groupName }),
      kind,
      causes,
    },
    code: 422,
  });
}

/** 410: the requested revision is compacted. `next` is a token to go on without consistency. */
export function expired(message: string, next?: string): StatusError {
  return new StatusError({ message, reason: "Expired", code: 410 }, next);
}

/** 504: a version that does not exist yet. */
export function tooLargeVersion(asked: string, current: number): StatusError {
  return new StatusError({
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    reason: "Timeout",
    details: { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }] },
    code: 504,
  });
}

const REASONS: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  410: "Expired",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** The status of a server that refuses everything. */
export function refusedOnPurpose(code: number): StatusError {
  return refusal(code, REASONS[code] ?? "Unknown", `refused with ${code} on purpose`);
}

/** Any other refusal, such as 405, 413, 415, 429 or 503. */
export function refusal(code: number, reason: string, message: string): StatusError {
  const retry = code === 429 || code === 503 ? { details: { retryAfterSeconds: 1 } } : {};
  return new StatusError({ message, reason, ...retry, code });
}

function detailsOf(
  group: ApiGroup,
  name: string,
  resource: string,
): { readonly name: string; readonly group?: string; readonly kind: string } {
  const groupName = GROUP_NAME[group];
  return {
    name,
    ...(groupName === "" ? {} : { group: groupName }),
    kind: resource.split(".", 1)[0] ?? resource,
  };
}
