import { unknownName } from "../lib/unknown-name.ts";
import type { Path, Report } from "./report.ts";

/** Reports each unknown sink. */
export function checkSinks(
  sinks: readonly string[] | undefined,
  path: Path,
  { sinkNames, report }: { readonly sinkNames: ReadonlySet<string> | undefined; readonly report: Report },
): void {
  if (sinkNames === undefined) return;
  for (const [index, sink] of (sinks ?? []).entries()) {
    if (sinkNames.has(sink)) continue;
    report.error({ path: [...path, index], message: unknownName("sink", sink, sinkNames) });
  }
}
