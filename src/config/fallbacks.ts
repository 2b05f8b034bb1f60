import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import { unknownName } from "../lib/unknown-name.ts";
import type { ConfiguredSink } from "../sink/index.ts";

/** Finds faults of fallbacks. @param entries As in the file, for the places of faults. */
export function faultyFallbacks(
  entries: readonly unknown[],
  sinks: readonly ConfiguredSink[],
  names: ReadonlySet<string>,
): readonly Fault[] {
  return entries.flatMap((entry, index): Fault[] => {
    if (!isMapping(entry) || typeof entry["fallback"] !== "string") return [];
    const target = sinks.find(({ name }) => name === entry["fallback"]);
    const message = explain(String(entry["name"]), entry["fallback"], target, names);
    return message === undefined ? [] : [{ level: "error", path: ["sinks", index, "fallback"], message }];
  });
}

/** Fallbacks have one step only: nobody could foresee the end of a chain, and a loop has none. */
function explain(
  name: string,
  fallback: string,
  target: ConfiguredSink | undefined,
  names: ReadonlySet<string>,
): string | undefined {
  if (fallback === name) return "a sink cannot be its own fallback";
  if (!names.has(fallback)) return unknownName("sink", fallback, names);
  if (target?.common.fallback !== undefined) {
    return `${JSON.stringify(fallback)} has a fallback itself; a message falls back once, so name a sink without one`;
  }
  if (target?.type.takes.includes("alerts") === false) {
    return `${target.type.type} takes single events, not alerts, so it cannot stand in for another sink`;
  }
  return undefined;
}
