import { type ApiGroup, API_VERSION } from "./api-group.ts";
import type { FieldSelector } from "./selectors.ts";
import { badRequest, expired, tooLargeVersion } from "./status.ts";
import type { Storage } from "./storage.ts";

/** The common part of LIST and WATCH. */
export interface Selection {
  readonly group: ApiGroup;
  /** `shop/`, or "" for all namespaces. */
  readonly prefix: string;
  readonly matches: FieldSelector | undefined;
}

/** The query of a LIST; "" for a missing parameter. */
export interface ListQuery {
  /** 0 for no limit. */
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

/** The start of a page, by its token. */
interface Start {
  /** Undefined: at the newest, as for the token of a 410. */
  readonly revision: number | undefined;
  readonly key: string;
  /** Items from `key` on at that revision; undefined when not counted yet. */
  readonly remaining: number | undefined;
}

const TOO_OLD = "The resourceVersion for the provided list is too old.";
const TOKEN_TOO_OLD =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list " +
  "without the continue parameter, or use the continue token in this response to retrieve the remainder of the " +
  "results. Continuing with the provided token results in an inconsistent list - objects that were created, " +
  "modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/**
 * One page as JSON; all pages of one list show one revision.
 *
 * @throws {StatusError} 400, 410 when the revision is compacted, 504 when it is in the future.
 */
export function listPage(storage: Storage, selection: Selection, query: ListQuery): string {
  const start = startOf(storage, query);
  const revision = start.revision ?? storage.revision;
  if (revision > storage.revision) throw tooLargeVersion(String(revision), storage.revision);
  if (revision < storage.compactedRevision) {
    throw query.continue === ""
      ? expired(TOO_OLD)
      : expired(TOKEN_TOO_OLD, toToken({ ...start, revision: -1 }));
  }
  const bodies: string[] = [];
  let last = "";
  let isMore = false;
  for (const change of storage.range(selection.prefix, start.key, revision)) {
    isMore = query.limit > 0 && bodies.length === query.limit;
    if (isMore) break;
    last = change.key;
    if (selection.matches?.(change.fields()) ?? true) bodies.push(change.bodyIn(selection.group));
  }
  const metadata = { resourceVersion: String(revision), ...nextPage() };
  return (
    `{"kind":"EventList","apiVersion":"${API_VERSION[selection.group]}",` +
    `"metadata":${JSON.stringify(metadata)},"items":[${bodies.join(",")}]}\n`
  );

  function nextPage(): { readonly continue?: string; readonly remainingItemCount?: number } {
    if (!isMore) return {};
    const key = `${last}\0`;
    const total = start.remaining ?? storage.count(selection.prefix, start.key, revision);
    const remaining = total - bodies.length;
    // With a selector the count would include unselected items, so the server leaves it out.
    return selection.matches === undefined
      ? { continue: toToken({ revision, key, remaining }), remainingItemCount: remaining }
      : { continue: toToken({ revision, key, remaining: undefined }) };
  }
}

/** k8s.io/apiserver pkg/storage: ValidateListOptions. */
function startOf(storage: Storage, query: ListQuery): Start {
  const asked = query.resourceVersion;
  if (query.continue !== "") {
    const start = fromToken(query.continue);
    if (asked !== "" && asked !== "0") {
      throw badRequest("specifying resource version is not allowed when using continue");
    }
    return start;
  }
  const newest: Start = { revision: undefined, key: "", remaining: undefined };
  if (asked === "") return newest;
  const revision = parseVersion(asked);
  if (revision === undefined) throw badRequest(`invalid resource version: ${unparsableVersion(asked)}`);
  const isExact =
    query.resourceVersionMatch === "Exact" ||
    (query.resourceVersionMatch === "" && query.limit > 0 && revision > 0);
  if (isExact) return { ...newest, revision };
  if (revision > storage.revision) throw tooLargeVersion(asked, storage.revision);
  return newest;
}

/** A version as a number, since the embedded server's own are small; undefined when it is no decimal. */
export function parseVersion(text: string): number | undefined {
  return /^\d{1,20}$/u.test(text) ? Number(text) : undefined;
}

/** The API server's message for a version that is no decimal. */
export function unparsableVersion(text: string): string {
  const shown = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`;
}

function toToken(start: {
  readonly revision: number;
  readonly key: string;
  readonly remaining: number | undefined;
}): string {
  const token = { v: "meta.k8s.io/v1", rv: start.revision, start: start.key, remaining: start.remaining };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function fromToken(text: string): Start {
  let token: unknown;
  try {
    token = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  // The code below checks each field.
  const { rv, start, remaining } = (token ?? {}) as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(rv) || typeof rv !== "number" || rv === 0 || typeof start !== "string") {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  return rv < 0
    ? { revision: undefined, key: start, remaining: undefined }
    : { revision: rv, key: start, remaining: typeof remaining === "number" ? remaining : undefined };
}
