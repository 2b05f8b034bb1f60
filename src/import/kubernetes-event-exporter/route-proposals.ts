import { writeYaml } from "../../lib/write-yaml.ts";
import { dotted } from "../../lib/yaml-file.ts";
import { conjunctionOf } from "./conditions.ts";
import { deliveriesOf } from "./deliveries.ts";
import { EMPTY_RULE, type ExporterRoute } from "./exporter-configuration.ts";
import { routesOf } from "./route-lines.ts";
import { type DeliveryContext, writeDeliveries } from "./write-deliveries.ts";
import { toMapping } from "./written-match.ts";

/** Proposals for parts of the routes that had no effect, as texts for comments. */
export function routeProposals(route: ExporterRoute, context: DeliveryContext): readonly string[] {
  return [...strayProposals(route, context), ...dropProposals(route, context)];
}

/** For each receiver beside `match`: the entries that were probably meant. */
function strayProposals(route: ExporterRoute, context: DeliveryContext): readonly string[] {
  const before = new Set(deliveriesOf(route).map(({ path, receiver }) => JSON.stringify([path, receiver])));
  return routesOf(route).flatMap(({ path, stray }) =>
    stray.flatMap(({ key, names }) =>
      names.flatMap((name) => {
        const meant = deliveriesOf(withReceiver(route, path, name)).filter(
          (delivery) =>
            delivery.receiver === name && !before.has(JSON.stringify([delivery.path, delivery.receiver])),
        );
        const { rules, forwards } = writeDeliveries(meant, { ...context, say: () => undefined });
        const head = `${dotted([...path, key])} was not read; with the receiver in the match entry it would be`;
        return [
          ...forwards.map(({ entry }) => `${head}, under forward:\n${writeYaml([entry])}`),
          ...rules.map(({ entry }) => `${head}, under rules:\n${writeYaml([entry])}`),
        ];
      }),
    ),
  );
}

/** The tree with a receiver in the match entries of one route. */
function withReceiver(route: ExporterRoute, path: ExporterRoute["path"], receiver: string): ExporterRoute {
  const routes = route.routes.map((child) => withReceiver(child, path, receiver));
  if (dotted(route.path) !== dotted(path)) return { ...route, routes };
  const match = route.match.length === 0 ? [{ ...EMPTY_RULE, path: route.path }] : route.match;
  return {
    ...route,
    routes,
    match: match.map((each) => (each.receiver === "" ? { ...each, receiver } : each)),
  };
}

/** For each route with nothing but `drop`: the same as `except`. */
function dropProposals(route: ExporterRoute, { match }: DeliveryContext): readonly string[] {
  return routesOf(route).flatMap(({ path, drop, match: entries, routes }) => {
    if (drop.length === 0 || entries.length > 0 || routes.length > 0) return [];
    const mappings = drop.flatMap((rule) => {
      const { conditions } = conjunctionOf([rule], match);
      return conditions === undefined ? [] : [toMapping(conditions)];
    });
    const head = `${dotted(path)} has a drop alone, which dropped nothing`;
    return mappings.length === 0
      ? [head]
      : [`${head}; for the entries that it was meant for it is:\n${writeYaml({ except: mappings })}`];
  });
}
