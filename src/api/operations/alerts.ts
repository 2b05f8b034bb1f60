import { z } from "zod";

import type { AlertState } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { Severity } from "../../lib/severity.ts";
import { encodeCursor } from "../paging.ts";
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

/** The phases that a value of the parameter `phase` stands for; undefined: all. */
const PHASES: Readonly<Record<z.infer<typeof Query>["phase"], readonly AlertState["phase"][] | undefined>> = {
  open: ["pending", "firing"],
  pending: ["pending"],
  firing: ["firing"],
  resolved: ["resolved"],
  all: undefined,
};

/** `GET /alerts`. */
export const listAlerts = defineOperation({
  operationId: "listAlerts",
  method: "get",
  path: "/alerts",
  summary: "Open alerts",
  description: "Tracked alerts: pending, firing, or resolved until every sink has the end.",
  query: Query,
  answer: AlertPage,
  answerTo: async (
    { queries, clock, seenState, conditionOf, messagesToCome },
    { query: { phase, cursor, ...filters } },
  ) => {
    const { rows, next } = await queries.alerts({ ...filters, phases: PHASES[phase], after: cursor });
    const keys = new Set(rows.flatMap(({ destinations }) => destinations.map(({ groupKey }) => groupKey)));
    const fingerprints = rows.map(({ fingerprint }) => fingerprint);
    const groups = await queries.groupsByKey([...keys], fingerprints);
    const byKey = new Map(groups.map((group) => [group.key, group]));
    const now = clock.now();
    return {
      at: toInstant(now),
      items: rows.map((alert) =>
        toAlert(alert, {
          groups: byKey,
          seen: seenState(alert.fingerprint),
          condition: conditionOf(alert),
          toCome: messagesToCome(alert),
          now,
        }),
      ),
      next: next === undefined ? null : encodeCursor(next),
    };
  },
});
