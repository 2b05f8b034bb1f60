import { isOfOtherApi } from "./object-kinds.ts";

/** An object of which somebody wants to know something. */
export interface AskedObject {
  /** Its key (`ObjectKey`), which does not name the API. */
  readonly object: string;
  readonly kind: string;
  /** As an Event names it: `serving.knative.dev/v1`; "" where unknown. */
  readonly apiVersion: string;
}

/** The key of an object under which answers about it are kept: kinds of one name in several APIs stay apart. */
export function answerKey({ object, kind, apiVersion }: AskedObject): string {
  return isOfOtherApi({ kind, apiVersion }) ? `${object} ${apiVersion.split("/", 1)[0]}` : object;
}
