import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import { unknownName } from "../lib/unknown-name.ts";
import type { SinkHead } from "./read-sinks.ts";

/** Finds faults of fallbacks. @param entries As in the file, for the places of faults. */
export function faultyFallbacks(
  entries: readonly unknown[],
  sinks: ReadonlyMap<string, SinkHead>,
): readonly Fault[] {
  return entries.flatMap((entry, index): Fault[] => {
    if (!isMapping(entry) || typeof entry["fallback"] !== "string") return [];
    const message = explain(String(entry["name"]), entry["fallback"], sinks);
    return message === undefined ? [] : [{ level: "error", path: ["sinks", index, "fallback"], message }];
  });
}

/** Fallbacks have one step only: nobody could foresee the end of a chain, and a loop has none. */
function explain(name: string, fallback: string, sinks: ReadonlyMap<string, SinkHead>): string | undefined {
  if (fallback === name) return "a sink cannot be its own fallback";
  const target = sinks.get(fallback);
  if (target === undefined) return unknownName("sink", fallback, sinks.keys());
  if (target.hasFallback) {
    return `${JSON.stringify(fallback)} has a fallback itself; a message falls back once, so name a sink without one`;
  }
  if (target.type?.takes.includes("alerts") === false) {
    return `${target.type.type} takes single events, not alerts, so it cannot stand in for another sink`;
  }
  return undefined;
}
