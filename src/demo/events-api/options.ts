import type { ListQuery } from "./list.ts";
import { badRequest, invalid } from "./status.ts";

/**
 * Parses the list options of a query.
 *
 * @throws {StatusError} 422 for combinations that the API server refuses.
 */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const limit = query.get("limit") || "0";
  if (!/^-?\d+$/u.test(limit)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  }
  const options = {
    limit: Math.max(0, Number(limit)),
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
  };
  const match = options.resourceVersionMatch;
  if (query.has("sendInitialEvents")) refuse("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (match === "") return options;
  const field = "resourceVersionMatch";
  if (options.resourceVersion === "")
    refuse(field, `${field} is forbidden unless resourceVersion is provided`);
  if (options.continue !== "") refuse(field, `${field} is forbidden when continue is provided`);
  if (match !== "Exact" && match !== "NotOlderThan") {
    const message = `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`;
    throw invalid("ListOptions", "meta.k8s.io", "", [{ reason: "FieldValueNotSupported", message, field }]);
  }
  if (match === "Exact" && options.resourceVersion === "0") {
    refuse(field, `${field} "exact" is forbidden for resourceVersion "0"`);
  }
  return options;
}

/** @throws {StatusError} 422: this server has no streaming lists, and clients fall back to LIST when it says so. */
export function checkWatchQuery(query: URLSearchParams): void {
  if (query.has("sendInitialEvents")) {
    refuse(
      "sendInitialEvents",
      "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled",
    );
  }
  if (query.has("resourceVersionMatch")) {
    refuse(
      "resourceVersionMatch",
      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  }
}

function refuse(field: string, why: string): never {
  const message = `Forbidden: ${why}`;
  throw invalid("ListOptions", "meta.k8s.io", "", [{ reason: "FieldValueForbidden", message, field }]);
}
