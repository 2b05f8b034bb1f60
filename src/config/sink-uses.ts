import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import type { SinkHead } from "./read-sinks.ts";
import type { ConfigurationFile } from "./sections.ts";

type Path = readonly (string | number)[];
/** A reference to a sink, and what it would get there. */
interface Use {
  readonly sink: string;
  readonly takes: "alerts" | "records";
  readonly path: Path;
}

/** References outside of rules: in the route, in forwards and in `selfAlerts`. */
export function usesOfSinks(file: ConfigurationFile): readonly Use[] {
  return [
    ...inSinksKeys(file.route, "alerts", ["route"]),
    ...inSinksKeys(file.forward, "records", ["forward"]),
    ...inSinksKeys(file.selfAlerts, "alerts", ["selfAlerts"]),
  ];
}

/** Reports a sink that gets what it cannot take. */
export function unfitSinks(uses: readonly Use[], sinks: ReadonlyMap<string, SinkHead>): readonly Fault[] {
  return uses.flatMap(({ sink, takes, path }) => {
    const type = sinks.get(sink)?.type;
    if (type === undefined || type.takes.includes(takes)) return [];
    const message =
      takes === "records"
        ? `${type.type} takes alerts, not single events: write a rule and route it to ${JSON.stringify(sink)}`
        : `${type.type} takes single events, not alerts: name it under forward`;
    return [{ level: "error", path, message }];
  });
}

/** Warns about an unused sink. @param used Every name in a route, rule, forward or `selfAlerts`. */
export function unusedSinks(entries: readonly unknown[], used: ReadonlySet<string>): readonly Fault[] {
  return entries.flatMap((entry, index): Fault[] => {
    const name = (entry as { readonly name?: unknown } | null)?.name;
    if (typeof name !== "string" || used.has(name)) return [];
    const message = `nothing goes to the sink ${JSON.stringify(name)}: no route, rule or forward names it`;
    return [{ level: "warning", path: ["sinks", index], message }];
  });
}

/** Finds every `sinks: [names]` at any depth. */
function inSinksKeys(value: unknown, takes: Use["takes"], path: Path): Use[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    if (key !== "sinks" || !Array.isArray(item)) return inSinksKeys(item, takes, place);
    return item.flatMap((sink: unknown, index) =>
      typeof sink === "string" ? [{ sink, takes, path: [...place, index] }] : [],
    );
  });
}

/** The sources of the texts that a sink makes of a record, as one: they may read what has to be looked up. */
export function textsOfSink(entries: readonly unknown[], sink: string): readonly string[] {
  return entries.flatMap((entry) => {
    if (!isMapping(entry) || entry["name"] !== sink || entry["template"] === undefined) return [];
    return [JSON.stringify(entry["template"])];
  });
}
