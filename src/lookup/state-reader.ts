import { type ApiClient, ApiError, ConnectionError } from "../kube/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { isMapping } from "../lib/mapping.ts";
import { type ObjectState, readObjectState } from "../object/index.ts";
import type { ObjectPlace } from "./object-place.ts";
import { saysGone } from "./says-gone.ts";

/** Time for one answer, milliseconds. A message that is due waits for a second at most; later answers still count. */
const DEADLINE_MS = 3000;

/** Longest answer, bytes: twice what the store of a cluster takes of one object. */
const MOST_BYTES = 3 * 1024 * 1024;

/** The API server did not say what was asked. */
export interface NoAnswer {
  /**
   * `forbidden`: our role does not allow it · `busy`: asked too often · `failed`: no answer, or none that can be believed
   * · `tooLarge`: this object alone cannot be read.
   */
  readonly outcome: "forbidden" | "busy" | "failed" | "tooLarge";
  /** Milliseconds until the server wants to be asked again; undefined where it does not say. */
  readonly retryAfterMs: number | undefined;
  /** For people, and without a word of the answer's body. */
  readonly because: string;
}

/** The result of one request. */
export type Answer =
  | { readonly outcome: "found"; readonly state: ObjectState; readonly body: unknown }
  | { readonly outcome: "gone" }
  | NoAnswer;

/** Collaborators of one request. */
export interface StateReaderDeps {
  readonly client: Pick<ApiClient, "getJson">;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** Reads one object, and keeps of it what `readObjectState` names. Never rejects. */
export async function readState(place: ObjectPlace, { client, signal }: StateReaderDeps): Promise<Answer> {
  try {
    const { body } = await client.getJson(place.path, {
      deadlineMs: DEADLINE_MS,
      mostBytes: MOST_BYTES,
      signal,
    });
    const state = isAbout(place, body) ? readObjectState(place.kind, body) : undefined;
    return state === undefined
      ? noAnswer("failed", "the answer is not this object")
      : { outcome: "found", state, body };
  } catch (error) {
    return saysGone(error, place.name) ? { outcome: "gone" } : toNoAnswer(error);
  }
}

function toNoAnswer(error: unknown): NoAnswer {
  if (error instanceof ApiError) {
    const because = `the API server answered ${error.status}`;
    if (error.status === 403) return noAnswer("forbidden", because);
    return noAnswer(error.status === 429 ? "busy" : "failed", because, error.retryAfterMs);
  }
  const isTooLarge = error instanceof ConnectionError && error.isTooLarge;
  const because = error instanceof TocsinError ? error.message : "it could not be read";
  return noAnswer(isTooLarge ? "tooLarge" : "failed", because);
}

function noAnswer(outcome: NoAnswer["outcome"], because: string, retryAfterMs?: number): NoAnswer {
  return { outcome, because, retryAfterMs };
}

/** Whether the answer is the object that was asked for: a proxy may answer every path with something. */
function isAbout({ kind, namespace, name }: ObjectPlace, body: unknown): boolean {
  if (!isMapping(body) || body["kind"] !== kind || !isMapping(body["metadata"])) return false;
  const { name: ownName, namespace: ownNamespace = "" } = body["metadata"];
  return ownName === name && ownNamespace === namespace;
}
