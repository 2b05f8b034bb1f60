import { dotted } from "../../lib/yaml-file.ts";
import type { ExporterRoute } from "./exporter-configuration.ts";
import { routesOf } from "./route-lines.ts";

/** For each route whose receiver stands beside `match`: the rule or forward that was probably meant. */
export function outsideProposals(route: ExporterRoute): readonly string[] {
  return routesOf(route).flatMap(({ path, stray }) =>
    stray.map(
      (key) => `${dotted([...path, key])} was not read: put it into the match entry, and import again`,
    ),
  );
}
