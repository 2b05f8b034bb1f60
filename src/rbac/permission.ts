/** Names that are written out before the rest is only counted. */
const MOST_NAMES = 3;

/** One resource that is asked for, how, where and why. */
export interface Permission {
  /** As RBAC names it: "", `apps`, `events.k8s.io`. */
  readonly apiGroup: string;
  /** In the plural: `pods`. */
  readonly resource: string;
  /** Sorted. */
  readonly verbs: readonly string[];
  /** Sorted; empty for all of them. */
  readonly namespaces: readonly string[];
  /** Never empty. */
  readonly because: readonly Reason[];
}

/** What needs a permission: a part of the program, or an entry of the configuration by its name. */
export interface Reason {
  readonly what: "the watch" | "kubernetes.silenceAnnotations" | "self-events" | "rule" | "drop" | "forward";
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
