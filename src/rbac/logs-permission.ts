import type { Configuration } from "../config/index.ts";
import type { Permission } from "./permission.ts";

/** To read logs: in the namespaces that the configuration names, and never in all of them. */
export function logsPermission({
  enrich,
  evidence,
}: Configuration["process"]["kubernetes"]): readonly Permission[] {
  if (enrich !== "state" || evidence?.logs === undefined) return [];
  return [
    {
      apiGroup: "",
      resource: "pods/log",
      verbs: ["get"],
      namespaces: [...new Set(evidence.logs.namespaces)].toSorted(),
      because: [{ what: "kubernetes.evidence.logs", name: "" }],
    },
  ];
}
