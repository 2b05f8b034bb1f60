/** Names that are written out; further ones are only counted. */
const MOST_NAMES = 3;

/** A resource that the program needs, with verbs, namespaces and reasons. */
export interface Permission {
  /** The group as RBAC names it: "", `apps`, `events.k8s.io`. */
  readonly apiGroup: string;
  /** In the plural, with a subresource behind a slash: `pods`, `pods/log`. */
  readonly resource: string;
  /** Sorted. */
  readonly verbs: readonly string[];
  /** Sorted; empty for all of them. */
  readonly namespaces: readonly string[];
  /** Never empty. */
  readonly because: readonly Reason[];
}

/** The reason of a permission: a part of the program, or an entry of the configuration by its name. */
export interface Reason {
  readonly what:
    | "the watch"
    | "kubernetes.silenceAnnotations"
    | "kubernetes.evidence.logs"
    | "self-events"
    | "rule"
    | "drop"
    | "forward";
  /** "" for a part of the program. */
  readonly name: string;
}

/** For people: `rules image-pull-failing, crash-loop, oom and 54 more, forward all`. */
export function becauseText(because: readonly Reason[]): string {
  const parts = [...Map.groupBy(because, ({ what }) => what)].map(([what, reasons]) => {
    const names = reasons.map(({ name }) => name).filter((name) => name !== "");
    if (names.length === 0) return what;
    const rest = names.length - MOST_NAMES;
    const shown = names.slice(0, MOST_NAMES).join(", ");
    return `${what}${names.length === 1 ? "" : "s"} ${shown}${rest > 0 ? ` and ${rest} more` : ""}`;
  });
  return parts.join(", ");
}

/** As `kubectl auth can-i` names it: `pods`, `replicasets.apps`. */
export function resourceName({ apiGroup, resource }: Pick<Permission, "apiGroup" | "resource">): string {
  return apiGroup === "" ? resource : `${resource}.${apiGroup}`;
}
