import { nearest } from "../lib/nearest.ts";
import type { Path, Report } from "./report.ts";

/** Reports each missing sink. */
export function checkSinks(
  sinks: readonly string[] | undefined,
  path: Path,
  { sinkNames, report }: { readonly sinkNames: ReadonlySet<string> | undefined; readonly report: Report },
): void {
  if (sinkNames === undefined) return;
  for (const [index, sink] of (sinks ?? []).entries()) {
    if (sinkNames.has(sink)) continue;
    const near = nearest(sink, sinkNames);
    const known = sinkNames.size === 0 ? "no sinks are configured" : `known: ${[...sinkNames].join(", ")}`;
    const hint = near === undefined ? known : `did you mean "${near}"?`;
    report.error({ path: [...path, index], message: `there is no sink "${sink}"; ${hint}` });
  }
}
