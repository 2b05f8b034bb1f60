/** One stream: an API group in one namespace or in all. */
export interface Scope {
  /** `core/`, `core/shop`: the key of positions. */
  readonly key: string;
  readonly api: "core" | "events";
  /** The name for RBAC: "" or `events.k8s.io`. */
  readonly group: string;
  /** "" for all. */
  readonly namespace: string;
  /** Without a query: `/api/v1/namespaces/shop/events`. */
  readonly path: string;
}

/** The streams of a configuration: one for all namespaces, or one for each. */
export function scopesOf(api: "core" | "events", namespaces: readonly string[]): readonly Scope[] {
  const chosen = namespaces.length === 0 ? [""] : [...new Set(namespaces)];
  return chosen.map((namespace) => {
    const root = api === "core" ? "/api/v1" : "/apis/events.k8s.io/v1";
    const place = namespace === "" ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
    return {
      key: `${api}/${namespace}`,
      api,
      group: api === "core" ? "" : "events.k8s.io",
      namespace,
      path: `${root}${place}/events`,
    };
  });
}

/** In the words of the API server's own refusals: `events in API group "" at the cluster scope`. */
export function resourceWords({ group, namespace }: Scope): string {
  return `events in API group "${group}" ${namespace === "" ? "at the cluster scope" : `in namespace "${namespace}"`}`;
}
