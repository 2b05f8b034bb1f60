import type { Path } from "../place.ts";
import type { ExporterRoute, ExporterRule } from "./exporter-configuration.ts";

/**
 * A way of an Event to a receiver: all of `all` hold, one of `any` holds, and none of `drops`.
 * Entries of one route for one receiver are one delivery (pkg/exporter/route.go).
 */
export interface Delivery {
  readonly receiver: string;
  /** The path of its first entry. */
  readonly path: Path;
  readonly all: readonly ExporterRule[];
  readonly any: readonly ExporterRule[];
  readonly drops: readonly ExporterRule[];
}

/** Every delivery of a routing tree, in the order of the file. */
export function deliveriesOf(route: ExporterRoute): readonly Delivery[] {
  return walk(route, [], []);
}

function walk(
  route: ExporterRoute,
  all: readonly ExporterRule[],
  before: readonly ExporterRule[],
): readonly Delivery[] {
  const drops = [...before, ...route.drop];
  const named = route.match.filter(({ receiver }) => receiver !== "");
  const own = [...Map.groupBy(named, ({ receiver }) => receiver)].map(([receiver, any]): Delivery => ({
    receiver,
    path: any[0]?.path ?? route.path,
    all,
    any,
    drops,
  }));
  // A route below is reached when every entry here holds, also those with a receiver.
  return [...own, ...route.routes.flatMap((child) => walk(child, [...all, ...route.match], drops))];
}
