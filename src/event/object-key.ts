import { escapePart, splitKey } from "../lib/joined-key.ts";

/**
 * Names an object. Two references are about one object when these parts are equal; a uid is not among them, since many
 * writers of Events leave it out, and a re-created object goes on with the problems of its name.
 */
export interface ObjectKey {
  /** As the configuration of its source names it. */
  readonly cluster: string;
  readonly kind: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** The name of an object within its namespace. */
type LocalName = Pick<ObjectKey, "kind" | "name">;

/** Writes and reads keys of objects. Different objects have different keys, whatever their names contain. */
export const ObjectKey = {
  /** `cluster/Kind/namespace/name`, as `joinKey` writes it. */
  format: ({ cluster, kind, namespace, name }: ObjectKey): string =>
    `${escapePart(cluster)}/${escapePart(kind)}/${escapePart(namespace)}/${escapePart(name)}`,

  /** The object of a key. */
  parse: (key: string): ObjectKey => {
    const [cluster = "", kind = "", namespace = "", name = ""] = splitKey(key);
    return { cluster, kind, namespace, name };
  },

  /** `Kind/name`: the name of an owner or workload. */
  formatName: ({ kind, name }: LocalName): string => `${escapePart(kind)}/${name}`,

  /** The object of a `Kind/name`. */
  parseName,

  /** The key of an object by its `Kind/name`, in the cluster and namespace of another one, such as its owner. */
  beside: (key: string, kindAndName: string): string => {
    const { cluster, namespace } = ObjectKey.parse(key);
    return ObjectKey.format({ cluster, namespace, ...parseName(kindAndName) });
  },
} as const;

function parseName(kindAndName: string): LocalName {
  const end = kindAndName.indexOf("/");
  if (end === -1) return { kind: kindAndName, name: "" };
  const [kind = ""] = splitKey(kindAndName.slice(0, end));
  return { kind, name: kindAndName.slice(end + 1) };
}
