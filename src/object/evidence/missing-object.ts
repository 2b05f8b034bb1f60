/** A thing that an Event or a status says is missing or in the way. Its names come from the cluster and are hostile. */
export interface MissingObject {
  /** A kind of Kubernetes such as `Secret`, or `Webhook`, or `Image`. */
  readonly kind: string;
  readonly name: string;
  /** The entry of a Secret or ConfigMap that is missing in it; "" when the whole is. */
  readonly key: string;
}

/** A name of Kubernetes, quoted or not, and with its namespace or without. */
const NAME = String.raw`"?(?:[a-z\d.-]{1,63}/)?(?<name>[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?)"?`;

/** Resources as messages name them, with the kind that people know. */
const RESOURCES: Readonly<Record<string, string>> = {
  secret: "Secret",
  configmap: "ConfigMap",
  serviceaccount: "ServiceAccount",
  persistentvolumeclaim: "PersistentVolumeClaim",
  storageclass: "StorageClass",
  runtimeclass: "RuntimeClass",
  priorityclass: "PriorityClass",
  resourceclaimtemplate: "ResourceClaimTemplate",
  deployment: "Deployment",
  statefulset: "StatefulSet",
};

const RESOURCE = String.raw`\b(?<resource>(?i:${Object.keys(RESOURCES).join("|")}))s?(?:\.[a-z\d.-]{1,100})?`;

/** Sentences of components of Kubernetes v1.36 that name what is missing; the kind is a word of the sentence or given. */
const SENTENCES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  {
    kind: "",
    pattern: new RegExp(
      String.raw`couldn't find key (?<key>[\w.-]{1,253}) in (?<resource>Secret|ConfigMap) ${NAME}`,
      "u",
    ),
  },
  { kind: "", pattern: new RegExp(String.raw`${RESOURCE} ${NAME} not found`, "u") },
  { kind: "ResourceQuota", pattern: new RegExp(String.raw`exceeded quota: ${NAME}`, "u") },
  { kind: "Webhook", pattern: new RegExp(String.raw`failed calling webhook ${NAME}`, "u") },
  { kind: "Image", pattern: /\bimage "(?<name>[^"\s]{1,512})": .*\bnot found\b/u },
];

/** The missing thing that a message names; undefined when it names none. */
export function missingObjectIn(message: string): MissingObject | undefined {
  for (const { kind, pattern } of SENTENCES) {
    const { name, key = "", resource = "" } = pattern.exec(message)?.groups ?? {};
    if (name !== undefined) return { kind: RESOURCES[resource.toLowerCase()] ?? kind, name, key };
  }
  return undefined;
}
