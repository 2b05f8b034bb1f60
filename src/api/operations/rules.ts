import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { encodeCursor, pageByName } from "../paging.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { RulePage } from "../schemas/rule.ts";
import { toInstant } from "../views/instant.ts";
import { toRule } from "../views/rule.ts";
import { defineOperation } from "./operation.ts";
import { readRuleStats } from "./read-rule-stats.ts";

/** `GET /rules`. */
export const listRules = defineOperation({
  operationId: "listRules",
  method: "get",
  path: "/rules",
  summary: "Rules in use, with their open alerts and their work of seven days",
  description: "Without disabled rules.",
  query: strict({
    rule: filter("The name of one."),
    stats: z
      .enum(["true", "false"])
      .default("true")
      .describe("`false` leaves the work of seven days out, which takes the time of this answer."),
    ...PAGING,
  }),
  answer: RulePage,
  answerTo: async ({ clock, configuration, queries, kept }, { query }) => {
    const now = clock.now();
    const counts = Map.groupBy(await queries.alertCounts(), ({ rule }) => rule);
    const statsOf =
      query.stats === "true"
        ? await kept.read("rule-stats", () => readRuleStats(queries, now))
        : (): null => null;
    const { rules } = configuration().policy;
    const wanted = rules.rules.filter(({ name }) => query.rule === undefined || name === query.rule);
    const page = pageByName(wanted, query);
    return {
      at: toInstant(now),
      items: page.rows.map((rule) =>
        toRule(rules, rule, { counts: counts.get(rule.name) ?? [], stats: statsOf(rule.name) }),
      ),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
