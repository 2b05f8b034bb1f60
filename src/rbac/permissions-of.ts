import type { Configuration } from "../config/index.ts";
import type { Reader } from "../rule/index.ts";
import type { Permission, Reason } from "./permission.ts";

/** Other activities of the program in the cluster. */
export interface PermissionOptions {
  /** The namespace in which the bridge writes Events about itself; undefined: it writes none. */
  readonly selfEvents?: { readonly namespace: string } | undefined;
}

type Part = Pick<Configuration, "policy" | "process">;

/** Kinds with metadata look-ups, each with the possible kinds of its owners (src/lookup). */
const KINDS = {
  Pod: { apiGroup: "", resource: "pods", owners: ["ReplicaSet", "Job"] },
  ReplicaSet: { apiGroup: "apps", resource: "replicasets", owners: [] },
  Job: { apiGroup: "batch", resource: "jobs", owners: [] },
} as const;
type Kind = keyof typeof KINDS;
const ALL_KINDS: readonly Kind[] = ["Pod", "ReplicaSet", "Job"];

/**
 * Exactly the permissions that the program uses with this configuration, in a stable order. Reading the namespace
 * kube-system, by which Tocsin recognises a cluster under another address, is not among them: the program works
 * without.
 */
export function permissionsOf(
  configuration: Part,
  { selfEvents }: PermissionOptions = {},
): readonly Permission[] {
  const { kubernetes } = configuration.process;
  const namespaces = [...new Set(kubernetes.namespaces)].toSorted();
  const watch: Permission = {
    apiGroup: kubernetes.api === "core" ? "" : "events.k8s.io",
    resource: "events",
    verbs: ["list", "watch"],
    namespaces,
    because: [{ what: "the watch", name: "" }],
  };
  const lookUps =
    kubernetes.enrich !== "off"
      ? [...objectLookUps(configuration), namespaceLookUp(configuration)].flatMap(
          ({ because, ...resource }) =>
            because.length === 0 ? [] : [{ ...resource, verbs: ["get"], namespaces, because }],
        )
      : [];
  const granted = [watch, ...lookUps];
  return selfEvents === undefined ? granted : [...granted, ...forSelfEvents(selfEvents.namespace, granted)];
}

interface Wanted {
  readonly apiGroup: string;
  readonly resource: string;
  readonly because: readonly Reason[];
}

/** Owners of matched objects, whether an object is gone, and its labels and annotations. */
function objectLookUps(configuration: Part): readonly Wanted[] {
  const readers = readersOf(configuration);
  return ALL_KINDS.map((kind) => {
    const { apiGroup, resource } = KINDS[kind];
    const because = readers
      // A drop decides only about events that a rule or forward wants, and a forward does not name owners.
      .filter((reader) => reader.what === "rule" || reader.looksUp.objects)
      .filter((reader) => asksAbout(reader, kind))
      .map(toReason);
    return { apiGroup, resource, because: [...because, ...annotations(configuration, kind)] };
  });
}

/** Tocsin asks about namespaces only for their own labels and annotations. */
function namespaceLookUp(configuration: Part): Wanted {
  const because = readersOf(configuration)
    .filter(({ looksUp }) => looksUp.namespaces)
    .map(toReason);
  return {
    apiGroup: "",
    resource: "namespaces",
    because: [...because, ...annotations(configuration, undefined)],
  };
}

/** All objects of wanted events may carry an annotation. @param kind Undefined for namespaces. */
function annotations(configuration: Part, kind: Kind | undefined): readonly Reason[] {
  if (!configuration.process.kubernetes.silenceAnnotations) return [];
  const wanting = readersOf(configuration).filter(({ what }) => what !== "drop");
  const isAsked = wanting.some((reader) => kind === undefined || couldBe(reader, kind));
  return isAsked ? [{ what: "kubernetes.silenceAnnotations", name: "" }] : [];
}

/** Look-ups find the owners of matched objects, and those owners' owners. */
function asksAbout(reader: Reader, kind: Kind): boolean {
  if (couldBe(reader, kind)) return true;
  if (reader.what !== "rule") return false;
  return ALL_KINDS.some(
    (owned) => couldBe(reader, owned) && KINDS[owned].owners.some((owner) => owner === kind),
  );
}

function couldBe({ kinds }: Reader, kind: Kind): boolean {
  return kinds === undefined || kinds.has(kind);
}

function readersOf({ policy: { rules, forwards } }: Part): readonly Reader[] {
  return [...rules.readers, ...forwards.readers];
}

function toReason({ what, name }: Reader): Reason {
  return { what, name };
}

/** Its own Events are about the Deployment that owns its Pod, which the reporter finds through both kinds. */
function forSelfEvents(namespace: string, granted: readonly Permission[]): readonly Permission[] {
  const because: readonly Reason[] = [{ what: "self-events", name: "" }];
  const own = { namespaces: [namespace], because };
  const path = [KINDS.Pod, KINDS.ReplicaSet].filter(
    ({ resource }) => !granted.some((each) => each.resource === resource && isIn(each, namespace)),
  );
  return [
    { apiGroup: "events.k8s.io", resource: "events", verbs: ["create", "patch"], ...own },
    ...path.map(({ apiGroup, resource }) => ({ apiGroup, resource, verbs: ["get"], ...own })),
  ];
}

function isIn({ namespaces }: Permission, namespace: string): boolean {
  return namespaces.length === 0 || namespaces.includes(namespace);
}
