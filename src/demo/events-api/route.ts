import type { ApiGroup } from "./api-group.ts";

/** The parts of a path. */
export type Route =
  | { readonly kind: "events"; readonly group: ApiGroup; readonly namespace: string; readonly name: string }
  | { readonly kind: "namespaces"; readonly name: string }
  | { readonly kind: "unknown" };

const PREFIXES: readonly (readonly [string, ApiGroup])[] = [
  ["/api/v1/", "core"],
  ["/apis/events.k8s.io/v1/", "events"],
];

/** Parses a path; namespace and name are "" where the path has none. */
export function parsePath(path: string): Route {
  for (const [prefix, group] of PREFIXES) {
    if (!path.startsWith(prefix)) continue;
    const parts = path.slice(prefix.length).split("/").map(decodePart);
    const [first = "", namespace = "", resource = "", name = ""] = parts;
    if (parts.length === 1 && first === "events") return { kind: "events", group, namespace: "", name: "" };
    if (first !== "namespaces" || parts.length > 4) break;
    if (resource === "events" && namespace !== "") return { kind: "events", group, namespace, name };
    if (group === "core" && parts.length <= 2) return { kind: "namespaces", name: namespace };
    break;
  }
  return { kind: "unknown" };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
