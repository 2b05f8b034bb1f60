import { RE2JS } from "re2js";

/** An Event as kubernetes-event-exporter sees it: of core/v1, with the labels of a look-up. */
export interface ModelEvent {
  readonly message: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the Event. */
  readonly namespace: string;
  readonly reason: string;
  readonly type: string;
  readonly component: string;
  readonly host: string;
  readonly count: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An entry of `match` or `drop`, as YAML has it. */
export interface ModelEntry {
  readonly message?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly reason?: string | undefined;
  readonly type?: string | undefined;
  readonly component?: string | undefined;
  readonly host?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly minCount?: number | undefined;
  readonly receiver?: string | undefined;
}

/** A route, as YAML has it. */
export interface ModelRoute {
  readonly drop?: readonly ModelEntry[] | undefined;
  readonly match?: readonly ModelEntry[] | undefined;
  readonly routes?: readonly ModelRoute[] | undefined;
}

/**
 * The receivers of an Event, by the words of the tool's documentation and code alone: any `drop` that fits ends a route;
 * each fitting entry of `match` sends to its receiver; where all of them fit, the routes below are tried.
 */
export function receiversOf(route: ModelRoute, event: ModelEvent): readonly string[] {
  if ((route.drop ?? []).some((entry) => fits(entry, event))) return [];
  const entries = route.match ?? [];
  const fitting = entries.filter((entry) => fits(entry, event));
  const below = fitting.length === entries.length ? (route.routes ?? []) : [];
  return [
    ...fitting.flatMap(({ receiver = "" }) => (receiver === "" ? [] : [receiver])),
    ...below.flatMap((child) => receiversOf(child, event)),
  ];
}

const TEXTS = ["message", "apiVersion", "kind", "namespace", "reason", "type", "component", "host"] as const;

function fits(entry: ModelEntry, event: ModelEvent): boolean {
  return (
    TEXTS.every((key) => (entry[key] ?? "") === "" || finds(entry[key] ?? "", event[key])) &&
    allFit(entry.labels, event.labels) &&
    allFit(entry.annotations, event.annotations) &&
    event.count >= (entry.minCount ?? 0)
  );
}

/** Each key must be there; what is not there fits nothing. */
function allFit(
  wanted: Readonly<Record<string, string>> = {},
  given: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, pattern]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    return value !== undefined && finds(pattern, value);
  });
}

/** Go's regexp is RE2; an expression that does not compile finds nothing. */
function finds(pattern: string, value: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(value).find();
  } catch {
    return false;
  }
}
