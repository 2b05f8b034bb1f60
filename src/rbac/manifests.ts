import type { Permission } from "./permission.ts";

/** One entry of a role's `rules`. */
export interface PolicyRule {
  readonly apiGroups: readonly [string];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** One object to apply. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

/** The subject of the permissions. */
export interface Bound {
  /** The namespace of the program. */
  readonly namespace: string;
  /** Its account, whose name roles and bindings take too. */
  readonly serviceAccount: string;
}

const RBAC = "rbac.authorization.k8s.io";

/**
 * The account, and the roles with these permissions: a ClusterRole for those in all namespaces, a Role in each of the
 * others, sorted by names.
 */
export function manifestsOf(permissions: readonly Permission[], bound: Bound): readonly Manifest[] {
  const { namespace, serviceAccount: name } = bound;
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
  const everywhere = permissions.filter(({ namespaces }) => namespaces.length === 0);
  const places = [...new Set(permissions.flatMap(({ namespaces }) => namespaces))].toSorted();
  return [
    account,
    ...(everywhere.length === 0 ? [] : granting("ClusterRole", { name }, { bound, permissions: everywhere })),
    ...places.flatMap((place) => {
      const there = permissions.filter(({ namespaces }) => namespaces.includes(place));
      return granting("Role", { name, namespace: place }, { bound, permissions: there });
    }),
  ];
}

/** The rules of one role: one for each API group and set of verbs, each list sorted, nothing twice. */
function policyRules(permissions: readonly Permission[]): readonly PolicyRule[] {
  const verbsOf = new Map<string, { apiGroup: string; resource: string; verbs: Set<string> }>();
  for (const { apiGroup, resource, verbs } of permissions) {
    const key = `${apiGroup}/${resource}`;
    const known = verbsOf.get(key)?.verbs ?? [];
    verbsOf.set(key, { apiGroup, resource, verbs: new Set([...known, ...verbs]) });
  }
  const grouped = Map.groupBy(verbsOf.values(), ({ apiGroup, verbs }) =>
    JSON.stringify([apiGroup, [...verbs].toSorted()]),
  );
  return [...grouped.values()]
    .map((entries): PolicyRule => {
      const [first] = entries;
      return {
        apiGroups: [first?.apiGroup ?? ""],
        resources: entries.map(({ resource }) => resource).toSorted(),
        verbs: [...(first?.verbs ?? [])].toSorted(),
      };
    })
    .toSorted((a, b) => compare(orderOf(a), orderOf(b)));
}

function granting(
  kind: "ClusterRole" | "Role",
  metadata: { readonly name: string; readonly namespace?: string },
  { bound, permissions }: { readonly bound: Bound; readonly permissions: readonly Permission[] },
): readonly Manifest[] {
  const apiVersion = `${RBAC}/v1`;
  const { namespace, serviceAccount } = bound;
  return [
    { apiVersion, kind, metadata, rules: policyRules(permissions) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind, name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace }],
    },
  ];
}

/** By group, then by resources. */
function orderOf({ apiGroups, resources }: PolicyRule): string {
  return `${apiGroups[0]}/${resources.join()}`;
}

/** By code units: the same everywhere, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
