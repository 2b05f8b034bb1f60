import type { Configuration } from "../config/index.ts";
import type { Reader } from "../rule/index.ts";
import { logsPermission } from "./logs-permission.ts";
import { hasLabels, leadTo, type LookUpScope, lookUpResources } from "./look-up-kinds.ts";
import type { Permission, Reason } from "./permission.ts";

/** Other activities of the program in the cluster. */
export interface PermissionOptions {
  /** The namespace in which the bridge writes Events about itself; undefined: it writes none. */
  readonly selfEvents?: { readonly namespace: string } | undefined;
}

type Part = Pick<Configuration, "policy" | "process">;

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
  const lookUps = kubernetes.enrich === "off" ? [] : lookUpsOf(configuration, namespaces);
  const granted = [watch, ...lookUps, ...logsPermission(kubernetes)];
  return selfEvents === undefined ? granted : [...granted, ...forSelfEvents(selfEvents.namespace, granted)];
}

/** To read objects: their owners, their state, their labels and annotations. */
function lookUpsOf(configuration: Part, namespaces: readonly string[]): readonly Permission[] {
  const { kubernetes } = configuration.process;
  return lookUpResources(kubernetes).flatMap(({ kind, apiGroup, resource }): readonly Permission[] => {
    const readers = readersOf(configuration).filter((reader) => isNeeded(kind, reader, kubernetes));
    const because = [...readers.map(toReason), ...annotations(configuration, kind)];
    return because.length === 0 ? [] : [{ apiGroup, resource, verbs: ["get"], namespaces, because }];
  });
}

/** A drop decides only about events that a rule or forward wants, and a forward opens no alert. */
function isNeeded(kind: string, reader: Reader, { enrich }: LookUpScope): boolean {
  const { what, kinds, looksUp } = reader;
  if (what === "rule" && leadTo(kind, kinds, enrich)) return true;
  if (kind === "Namespace") return looksUp.namespaces;
  return looksUp.objects && hasLabels(kind, enrich) && couldBe(reader, kind);
}

/** All objects of wanted events may carry an annotation, and their namespaces. */
function annotations(configuration: Part, kind: string): readonly Reason[] {
  const { silenceAnnotations, enrich } = configuration.process.kubernetes;
  if (!silenceAnnotations) return [];
  const isNamespace = kind === "Namespace";
  if (!isNamespace && !hasLabels(kind, enrich)) return [];
  const wanting = readersOf(configuration).filter(({ what }) => what !== "drop");
  const isAsked = wanting.some((reader) => isNamespace || couldBe(reader, kind));
  return isAsked ? [{ what: "kubernetes.silenceAnnotations", name: "" }] : [];
}

function couldBe({ kinds }: Reader, kind: string): boolean {
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
  const path = [
    { apiGroup: "", resource: "pods" },
    { apiGroup: "apps", resource: "replicasets" },
  ].filter(({ resource }) => !granted.some((each) => each.resource === resource && isIn(each, namespace)));
  return [
    { apiGroup: "events.k8s.io", resource: "events", verbs: ["create", "patch"], ...own },
    ...path.map(({ apiGroup, resource }) => ({ apiGroup, resource, verbs: ["get"], ...own })),
  ];
}

function isIn({ namespaces }: Permission, namespace: string): boolean {
  return namespaces.length === 0 || namespaces.includes(namespace);
}
