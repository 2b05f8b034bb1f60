import { isMapping } from "../lib/mapping.ts";
import { nearest } from "../lib/nearest.ts";
import type { SinkType } from "../sink/index.ts";
import { loadSinkTypes, SINK_TYPE_NAMES } from "../sinks/index.ts";

/** The types of sinks that a configuration may use. */
export interface KnownSinkTypes {
  /** Those that its entries need. */
  readonly types: readonly SinkType[];
  /** Of all types that there are. */
  readonly names: readonly string[];
}

/**
 * Loads the program's types that these entries of `sinks` need, and no others: they would cost memory and time at each
 * start. For a misspelt name that is the type that was meant.
 */
export async function typesForEntries(entries: readonly unknown[]): Promise<KnownSinkTypes> {
  const wanted = entries.flatMap((entry) => {
    const type = isMapping(entry) ? entry["type"] : undefined;
    if (typeof type !== "string") return [];
    return SINK_TYPE_NAMES.includes(type) ? [type] : (nearest(type, SINK_TYPE_NAMES) ?? []);
  });
  return { types: await loadSinkTypes(wanted), names: SINK_TYPE_NAMES };
}
