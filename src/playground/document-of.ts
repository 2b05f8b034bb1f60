import type { Configuration } from "../config/index.ts";
import { isMapping } from "../lib/mapping.ts";

/** Sections that decide about alerts and hold no secret. */
const SECTIONS = [
  "rules",
  "overrides",
  "reasons",
  "drop",
  "route",
  "inhibit",
  "silences",
  "timeIntervals",
] as const;

/** Keys of `kubernetes` that rules are checked against, or that change what they see. */
const OF_KUBERNETES = ["namespaces", "eventTtl", "enrich", "inspect", "trustSeverityFrom"] as const;

/** Keys of a sink that change which messages it gets. */
const OF_SINK = ["name", "minSeverity", "sendResolved"] as const;

/**
 * The text of a configuration with the same rules, routes and holds, whose sinks are only names. It has no address,
 * credential or path of a secret.
 */
export function documentOf({ origin: { redacted } }: Pick<Configuration, "origin">): string {
  if (!isMapping(redacted)) return "{}";
  const { sinks, kubernetes } = redacted;
  return JSON.stringify({
    ...pick(redacted, SECTIONS),
    kubernetes: pick(kubernetes, OF_KUBERNETES),
    sinks: Array.isArray(sinks)
      ? sinks.map((sink: unknown) => ({ ...pick(sink, OF_SINK), type: "stdout" }))
      : undefined,
  });
}

function pick(value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  return isMapping(value) ? Object.fromEntries(keys.map((key) => [key, value[key]])) : {};
}
