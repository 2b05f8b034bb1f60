import { strict } from "../../lib/schema.ts";
import { encodeCursor, pageByName } from "../paging.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { RulePage } from "../schemas/rule.ts";
import { toInstant } from "../views/instant.ts";
import { toRule } from "../views/rule.ts";
import { defineOperation } from "./operation.ts";

/** `GET /rules`. */
export const listRules = defineOperation({
  operationId: "listRules",
  method: "get",
  path: "/rules",
  summary: "Rules in use, and the number of open alerts of each",
  description: "Without disabled rules.",
  query: strict({ rule: filter("The name of one."), ...PAGING }),
  answer: RulePage,
  answerTo: async ({ clock, configuration, queries }, { query }) => {
    const counts = Map.groupBy(await queries.alertCounts(), ({ rule }) => rule);
    const wanted = configuration().policy.rules.rules.filter(
      ({ name }) => query.rule === undefined || name === query.rule,
    );
    const page = pageByName(wanted, query);
    return {
      at: toInstant(clock.now()),
      items: page.rows.map((rule) => toRule(rule, counts.get(rule.name) ?? [])),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
