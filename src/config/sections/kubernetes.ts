import { z } from "zod";

import { Duration } from "../../lib/duration.ts";
import { type Fault, strict } from "../../lib/schema.ts";
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
    .enum(["auto", "off"])
    .default("auto")
    .describe(
      "`auto` learns who owns an object from Events, and asks the API server where they do not tell, also for labels that rules read (`get` on pods, replicasets, jobs and namespaces, metadata alone); `off` names every object by itself",
    ),
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
  advise: ({ enrich, silenceAnnotations }, { rules: { looksUp } }) => {
    if (enrich !== "off") return [];
    const faults: Fault[] = [];
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
