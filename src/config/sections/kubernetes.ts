import { z } from "zod";

import { Duration } from "../../lib/duration.ts";
import { type Fault, strict, whenList } from "../../lib/schema.ts";
import { OBJECT_KINDS } from "../../object/index.ts";
import { processSection } from "../section.ts";

/** A namespace's name, RFC 1123: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const Namespace = z
  .string()
  .max(63)
  .regex(/^[a-z\d](?:[-a-z\d]*[a-z\d])?$/u, {
    error: (issue) =>
      `not the name of a namespace: ${JSON.stringify(issue.input)} (patterns do not work here)`,
  });

const StartFrom = z.union([z.enum(["now", "all"]), Duration], {
  error: (issue) => `expected now, all or a duration such as 5m, not ${JSON.stringify(issue.input)}`,
});

const ENRICH_WORDS = ["state", "owners", "off", "auto"] as const;

/** A status of a condition. YAML reads a plain `True` as a boolean. */
const ConditionStatus = z
  .union([z.enum(["True", "False", "Unknown"]), z.boolean()], {
    error: (issue) => `expected True, False or Unknown, not ${JSON.stringify(issue.input)}`,
  })
  .transform((status) => (typeof status === "boolean" ? (status ? "True" : "False") : status));

const Inspected = strict({
  group: z
    .string()
    .max(253)
    .regex(/^(?:[a-z\d](?:[-a-z\d]*[a-z\d])?(?:\.[a-z\d](?:[-a-z\d]*[a-z\d])?)*)?$/u, {
      error: (issue) => `not an API group such as longhorn.io: ${JSON.stringify(issue.input)}`,
    })
    .describe("the API group, without a version; empty for the core"),
  resource: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z\d]*$/u, {
      error: (issue) => `not a resource in the plural such as nodes: ${JSON.stringify(issue.input)}`,
    })
    .describe("the resource, in the plural, as `kubectl api-resources` names it"),
  kind: z
    .string()
    .max(63)
    .regex(/^[A-Z][A-Za-z\d]*$/u, {
      error: (issue) => `not a kind such as Node: ${JSON.stringify(issue.input)}`,
    })
    .describe("the kind, as Events name it"),
  healthy: strict({
    type: z.string().min(1).max(316).describe("the type of the condition, such as `Ready`"),
    status: ConditionStatus.describe("its status on an object that is well"),
  }).describe("the condition of an object that is well"),
});

const EvidenceLogs = strict({
  namespaces: z
    .array(Namespace)
    .min(1, { error: "empty: name the namespaces whose logs may be in messages" })
    .describe("the only namespaces whose logs are read; each needs a Role with `pods/log`"),
  lines: z.int().min(1).max(100).default(20).describe("the last lines of a container, at most 2 KiB"),
});

const Kubernetes = strict({
  kubeconfig: z
    .string()
    .min(1)
    .optional()
    .describe("the kubeconfig file; without it in-cluster, else `$KUBECONFIG`, else `~/.kube/config`"),
  context: z.string().min(1).optional().describe("the context in it; without it the current one"),
  namespaces: z
    .array(Namespace)
    .default([])
    .describe(
      "only these namespaces, with one watch each, which works with Roles; empty: all of them. " +
        "Events about Nodes live in `default`",
    ),
  startFrom: StartFrom.prefault("5m").describe(
    "how far the very first start looks back: `now`, `all`, or a duration",
  ),
  eventTtl: Duration.prefault("1h").describe("how long the API server keeps Events: its flag `--event-ttl`"),
  api: z.enum(["core", "events"]).default("core").describe("the API group to read Events from"),
  enrich: z
    .enum(ENRICH_WORDS)
    .transform((word) => (word === "auto" ? "state" : word))
    .prefault("state")
    .describe(
      "what is asked of the API server beside Events: `state` reads the objects of alerts, so that messages are true when they are sent; `owners` only who owns an object, and labels that rules read, by metadata alone; `off` nothing, and every object stands for itself. `auto` is read as `state`",
    ),
  inspect: z
    .array(Inspected)
    .superRefine((entries, context) => {
      for (const [index, entry] of entries.entries()) {
        const message = faultOfInspected(entry, entries.slice(0, index));
        if (message !== undefined) context.addIssue({ code: "custom", path: [index, "kind"], message });
      }
    }, whenList())
    .default([])
    .describe(
      "kinds beside those of Kubernetes whose conditions say whether an object is well: `{ group, resource, kind, healthy: { type, status } }`",
    ),
  evidence: strict({
    logs: EvidenceLogs.optional().describe(
      "the last lines of a crashed container in messages, without what looks like a secret; without it no log is read",
    ),
  })
    .optional()
    .describe("further evidence in messages, which takes permissions of its own"),
  trustSeverityFrom: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "components whose Events may call themselves critical by the annotation `tocsin.dev/severity`; " +
        "anyone may say info or warning",
    ),
  silenceAnnotations: z
    .boolean()
    .default(false)
    .describe(
      "whether objects and namespaces may carry `tocsin.dev/silence-until`, a time at most 7d ahead; needs look-ups",
    ),
});

/** `kubernetes`. */
export const kubernetes = processSection({
  fixed: "all",
  schema: Kubernetes.prefault({}).describe("which API server is watched, and what of it"),
  absolute: ({ kubeconfig, ...rest }, resolvePath) => ({
    ...rest,
    kubeconfig: kubeconfig === undefined ? undefined : resolvePath(kubeconfig),
  }),
  advise: (settings, { rules: { looksUp } }) => {
    const { enrich, inspect, silenceAnnotations } = settings;
    const faults: Fault[] = [...adviseLogs(settings)];
    if (enrich !== "state" && inspect.length > 0) {
      const message = `needs kubernetes.enrich: state, and it is ${enrich}`;
      faults.push({ level: "warning", path: ["inspect"], message });
    }
    if (enrich !== "off") return faults;
    if (looksUp.objects || looksUp.namespaces) {
      const message = "rules read labels that have to be looked up, and with off they are always empty";
      faults.push({ level: "warning", path: ["enrich"], message });
    }
    if (silenceAnnotations) {
      const message = "needs look-ups, and kubernetes.enrich is off";
      faults.push({ level: "warning", path: ["silenceAnnotations"], message });
    }
    return faults;
  },
});

/** Logs that no message can have. */
function adviseLogs({ enrich, evidence, namespaces }: z.infer<typeof Kubernetes>): readonly Fault[] {
  if (evidence?.logs === undefined) return [];
  const level = "warning";
  const path = ["evidence", "logs"];
  if (enrich !== "state")
    return [{ level, path, message: `needs kubernetes.enrich: state, and it is ${enrich}` }];
  if (namespaces.length === 0) return [];
  return evidence.logs.namespaces.flatMap((name, index) =>
    namespaces.includes(name)
      ? []
      : [{ level, path: [...path, "namespaces", index], message: `kubernetes.namespaces lacks ${name}` }],
  );
}

/** @param entry As far as its parts are right. */
function faultOfInspected(
  { group, kind }: Partial<z.infer<typeof Inspected>>,
  before: readonly Partial<z.infer<typeof Inspected>>[],
): string | undefined {
  if (group === undefined || kind === undefined) return undefined;
  if (OBJECT_KINDS.get(kind)?.group === group) return `the state of ${kind} is read already`;
  const isTwice = before.some((other) => other.group === group && other.kind === kind);
  return isTwice ? `another entry reads ${kind} of ${group}` : undefined;
}
