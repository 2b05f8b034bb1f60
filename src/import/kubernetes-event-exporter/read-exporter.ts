import { isMapping } from "../../lib/mapping.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Path } from "../place.ts";
import {
  type ExporterConfiguration,
  type ExporterReceiver,
  type ExporterRoute,
  type ExporterRule,
  type ReadingFault,
  RULE_FIELDS,
  type RuleField,
} from "./exporter-configuration.ts";
import { RECEIVER_KEYS, RECEIVER_KINDS, RULE_KEYS, TOP_KEYS } from "./known-keys.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** Words that stand for a receiver where people look for one in vain. */
const STRAY_KEYS: ReadonlySet<string> = new Set(["receiver", "receivers", "to", "outputs", "output"]);

/** Reads a configuration as far as it makes sense; the tool would refuse the faults of form, and overlook the rest. */
export function readExporter(root: Mapping): ExporterConfiguration {
  const reader = new Reader();
  const { route, receivers, ...settings } = root;
  reader.known(settings, [], TOP_KEYS);
  return {
    route: reader.route(route, ["route"]),
    receivers: reader.list(receivers, ["receivers"]).flatMap((entry, index) => reader.receiver(entry, index)),
    settings,
    faults: reader.faults,
  };
}

class Reader {
  readonly faults: ReadingFault[] = [];

  route(value: unknown, path: Path): ExporterRoute {
    const empty: ExporterRoute = { path, drop: [], match: [], routes: [], stray: [] };
    if (value === undefined || value === null) return empty;
    if (!isMapping(value)) {
      this.#refused(path, "a route is a mapping", value);
      return empty;
    }
    const stray = Object.entries(value).filter(([key]) => STRAY_KEYS.has(key));
    const others = Object.fromEntries(Object.entries(value).filter(([key]) => !STRAY_KEYS.has(key)));
    this.known(others, path, ["drop", "match", "routes"]);
    const rules = (key: "drop" | "match"): readonly ExporterRule[] =>
      this.list(value[key], [...path, key]).flatMap((entry, index) =>
        this.#rule(entry, [...path, key, index]),
      );
    return {
      path,
      drop: rules("drop"),
      match: rules("match"),
      routes: this.list(value["routes"], [...path, "routes"]).map((entry, index) =>
        this.route(entry, [...path, "routes", index]),
      ),
      stray: stray.map(([key, names]) => ({ key, names: [names].flat().map(textOf) })),
    };
  }

  receiver(value: unknown, index: number): readonly ExporterReceiver[] {
    const path: Path = ["receivers", index];
    if (!isMapping(value)) {
      if (value !== null) this.#refused(path, "a receiver is a mapping", value);
      return [];
    }
    const { name, ...kinds } = value;
    this.known(kinds, path, RECEIVER_KINDS);
    const kind = RECEIVER_KINDS.find((each) => isPresent(kinds[each])) ?? "";
    const options = kinds[kind];
    if (kind !== "" && !isMapping(options)) this.#refused([...path, kind], `${kind} is a mapping`, options);
    const own = isMapping(options) ? options : {};
    const keys = RECEIVER_KEYS[kind];
    if (keys !== undefined) this.known(own, [...path, kind], keys);
    if (kind === "slack" && isPresent(own["fields"]) && !isMapping(own["fields"]))
      this.#refused([...path, kind, "fields"], "fields is a mapping of titles and texts", own["fields"]);
    return [{ name: textOf(name), path, kind, options: own }];
  }

  list(value: unknown, path: Path): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.#refused(path, "it must be a list", value);
    return isMapping(value) ? [value] : [];
  }

  known(value: Mapping, path: Path, keys: readonly string[]): void {
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      this.faults.push({
        code: "unknown-key",
        path: [...path, key],
        key,
        meant: nearest(key, keys),
        message: `${key} is no key of it`,
        value: value[key],
      });
    }
  }

  #rule(value: unknown, path: Path): readonly ExporterRule[] {
    if (!isMapping(value)) {
      if (value !== null) this.#refused(path, "an entry is a mapping of fields", value);
      return [];
    }
    this.known(value, path, RULE_KEYS);
    const fields = new Map<RuleField, string>();
    for (const field of RULE_FIELDS) {
      const text = this.#text(value[field], [...path, field]);
      if (text !== "") fields.set(field, text);
    }
    return [
      {
        path,
        fields,
        labels: this.#texts(value["labels"], [...path, "labels"]),
        annotations: this.#texts(value["annotations"], [...path, "annotations"]),
        minCount: this.#number(value["minCount"], [...path, "minCount"]),
        receiver: this.#text(value["receiver"], [...path, "receiver"]),
      },
    ];
  }

  #text(value: unknown, path: Path): string {
    if (typeof value !== "object" || value === null) return textOf(value);
    this.#refused(path, "it must be a text", value);
    return "";
  }

  #texts(value: unknown, path: Path): ReadonlyMap<string, string> {
    if (value === undefined || value === null) return new Map();
    if (isMapping(value))
      return new Map(Object.entries(value).map(([key, text]) => [key, this.#text(text, [...path, key])]));
    this.#refused(path, "it must be a mapping of texts", value);
    return new Map();
  }

  #number(value: unknown, path: Path): number {
    if (value === undefined || value === null) return 0;
    const number = Number(value);
    if (Number.isInteger(number) && typeof value !== "object") return number;
    this.#refused(path, "it must be a whole number", value);
    return 0;
  }

  #refused(path: Path, message: string, value: unknown): void {
    const key = String(path.at(-1));
    this.faults.push({ code: "parse-error", path, key, meant: undefined, message, value });
  }
}

/** `stdout:` without a value leaves the receiver without a destination. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A scalar as the tool's texts have it. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}
