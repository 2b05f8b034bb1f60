import { ApiError } from "../kube/index.ts";

/**
 * Whether a failed look-up proves that the object does not exist: the API server itself says so, and about this name.
 * A path that is not served, a proxy and a page of a web server answer 404 as well.
 */
export function saysGone(error: unknown, name: string): boolean {
  return (
    error instanceof ApiError &&
    error.status === 404 &&
    error.reason === "NotFound" &&
    error.objectName === name
  );
}
