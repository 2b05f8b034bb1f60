import { isClusterScoped } from "./cluster-scoped.ts";
import type { RuleDraft } from "./compile-rule.ts";
import type { Alternative } from "./matcher.ts";
import type { Report } from "./report.ts";

/** Identity values that are a name inside a namespace. */
const NAMED: ReadonlySet<unknown> = new Set(["object", "workload", "container"]);

/** Warns when objects of the same name in different namespaces would be one alert. */
export function adviseIdentity({ spec, matcher }: RuleDraft, report: Report): void {
  const identity = spec.identity ?? [];
  const named = identity.filter((part) => NAMED.has(part));
  if (named.length === 0 || identity.includes("namespace")) return;
  if (matcher.alternatives.every(isOfCluster)) return;
  const message = `${named.join(" and ")} without namespace: the same name in two namespaces is one alert; add namespace`;
  report.warning({ path: ["identity"], message });
}

/** Whether a mapping matches only objects without a namespace. */
function isOfCluster({ tests }: Alternative): boolean {
  return tests.some(({ field, pattern: { exact } }) => {
    if (exact === undefined || exact.size === 0) return false;
    if (field.path === "involvedObject.namespace") return [...exact].every((value) => value === "");
    return field.path === "involvedObject.kind" && [...exact].every(isClusterScoped);
  });
}
