import { type Configuration, summaryOf } from "../config/index.ts";
import { counted } from "../lib/counted.ts";
import type { Finding } from "../lib/finding.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

/**
 * The check of a usable configuration.
 *
 * @param findings Its warnings. @param missing Unresolved secrets, without those of sinks and heartbeat.
 * @param contextName Of the kubeconfig; "" when there is none.
 */
export function judgeConfiguration(
  configuration: Configuration,
  findings: readonly Finding[],
  { missing, contextName }: { readonly missing: readonly Finding[]; readonly contextName: string },
): Verdict {
  const summary = summaryOf(configuration);
  if (missing.length > 0) {
    return fail(
      missing.map(({ path, message }) => `${path}: ${message}`).join("; "),
      "write the file or set the variable; the service does not start without",
    );
  }
  if (configuration.process.cluster === undefined && contextName === "") {
    return fail(
      `${summary}; cluster: missing`,
      "set cluster: there is no context of a kubeconfig to name it after",
    );
  }
  if (findings.length === 0) return ok(summary);
  const warnings = counted(findings.length, "warning");
  return warn(`${summary}; ${warnings}`, "tocsin check says which");
}
