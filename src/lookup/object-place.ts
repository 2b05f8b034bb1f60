import type { ObjectKey } from "../event/index.ts";
import { type InspectedKind, isOfOtherApi, OBJECT_KINDS, type ObjectKind } from "../object/index.ts";

/** Names that the API server accepts. Events name anything; other names make no path. */
const NAME = /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/u;

/** The version of an API, which is part of its paths: `v1beta1`. */
const VERSION = /^[a-z][a-z\d-]{0,62}$/u;

/** Where the API server has one object. */
export interface ObjectPlace {
  /** From the root. */
  readonly path: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  /** The namespace in which a Role may allow it: of a Namespace its own; "" for none. */
  readonly home: string;
  /** Whether it is of a kind of Kubernetes itself. */
  readonly isBuiltIn: boolean;
  /** As RBAC names it, with its group: `pods`, `replicasets.apps`. */
  readonly resource: string;
}

/** Kinds and namespaces with look-ups. */
export interface Reach {
  /** Kinds beside the built-in ones. */
  readonly inspected: readonly InspectedKind[];
  /** The only namespaces; empty for all of them, and for Nodes and other objects without one. */
  readonly namespaces: readonly string[];
}

/**
 * The place of an object, which stays in the namespace that its key names.
 *
 * @param apiVersion Of the object, as an Event names it: `apps/v1`; "" where unknown. Its group tells kinds of one name
 *   apart.
 * @returns Undefined for an object that cannot be looked up.
 */
export function placeOf(
  { kind, namespace, name }: ObjectKey,
  apiVersion: string,
  { inspected, namespaces }: Reach,
): ObjectPlace | undefined {
  if (!NAME.test(name)) return undefined;
  const known = kindOf(kind, namespace, { apiVersion, inspected });
  if (known === undefined) return undefined;
  const { group, version, resource, isNamespaced, isBuiltIn } = known;
  if (isNamespaced !== (namespace !== "") || (isNamespaced && !NAME.test(namespace))) return undefined;
  const home = kind === "Namespace" && group === "" ? name : namespace;
  if (namespaces.length > 0 && !namespaces.includes(home)) return undefined;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const below = isNamespaced ? `${root}/namespaces/${namespace}` : root;
  return {
    path: `${below}/${resource}/${name}`,
    kind,
    namespace,
    name,
    home,
    isBuiltIn,
    resource: group === "" ? resource : `${resource}.${group}`,
  };
}

/** A built-in kind has the version of our table, since its objects are the same in each; others that of the Event. */
function kindOf(
  kind: string,
  namespace: string,
  { apiVersion, inspected }: { readonly apiVersion: string; readonly inspected: readonly InspectedKind[] },
): (ObjectKind & Pick<ObjectPlace, "isBuiltIn">) | undefined {
  const builtIn = OBJECT_KINDS.get(kind);
  if (builtIn !== undefined && !isOfOtherApi({ kind, apiVersion })) return { ...builtIn, isBuiltIn: true };
  const end = apiVersion.indexOf("/");
  const group = end === -1 ? "" : apiVersion.slice(0, end);
  const version = apiVersion.slice(end + 1);
  const found = inspected.find((each) => each.kind === kind && each.group === group);
  if (found === undefined || !VERSION.test(version)) return undefined;
  // Only its definition says whether it has a namespace, and so does each of its objects.
  return { group, version, resource: found.resource, isNamespaced: namespace !== "", isBuiltIn: false };
}
