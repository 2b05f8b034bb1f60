import { z } from "zod";

import type { AlertState } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { Severity } from "../../lib/severity.ts";
import { encodeCursor, pageFrom } from "../paging.ts";
import { AlertPage } from "../schemas/alert.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { toAlert } from "../views/alert.ts";
import { toInstant } from "../views/instant.ts";
import { defineOperation } from "./operation.ts";

const Query = strict({
  phase: z
    .enum(["open", "pending", "firing", "resolved", "all"])
    .default("open")
    .describe("`open` is pending or firing."),
  severity: Severity.optional().describe("Exactly this severity."),
  rule: filter("The name of a rule."),
  namespace: filter("The alert's label `namespace`."),
  sink: filter("A sink that the alert goes to by the routes."),
  ...PAGING,
});
type Query = z.infer<typeof Query>;

/** `GET /alerts`. */
export const listAlerts = defineOperation({
  operationId: "listAlerts",
  method: "get",
  path: "/alerts",
  summary: "Open alerts",
  description: "Tracked alerts: pending, firing, or resolved until every sink has the end.",
  query: Query,
  answer: AlertPage,
  answerTo: async ({ engine, clock }, { query }) => {
    const wanted = [...engine.alerts()].filter((alert) => isWanted(alert, query));
    const page = pageFrom(
      wanted,
      ({ openedAt, fingerprint }) => ({ at: openedAt, name: fingerprint }),
      query,
    );
    const groups = new Map([...engine.groups()].map((group) => [group.key, group]));
    return {
      at: toInstant(clock.now()),
      items: page.rows.map((alert) => toAlert(alert, groups)),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});

function isWanted(alert: AlertState, { phase, severity, rule, namespace, sink }: Query): boolean {
  const isInPhase = phase === "open" ? alert.phase !== "resolved" : phase === "all" || alert.phase === phase;
  return (
    isInPhase &&
    (severity === undefined || alert.severity === severity) &&
    (rule === undefined || alert.rule === rule) &&
    (namespace === undefined || alert.labels["namespace"] === namespace) &&
    (sink === undefined || alert.destinations.some(({ sinks }) => sinks.includes(sink)))
  );
}
