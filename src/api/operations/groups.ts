import { strict } from "../../lib/schema.ts";
import { encodeCursor } from "../paging.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { GroupPage } from "../schemas/group.ts";
import { MOST_FINGERPRINTS, toGroup } from "../views/group.ts";
import { toInstant } from "../views/instant.ts";
import { defineOperation } from "./operation.ts";

/** `GET /groups`. */
export const listGroups = defineOperation({
  operationId: "listGroups",
  method: "get",
  path: "/groups",
  summary: "Alerts by group, and the last message for each sink",
  query: strict({
    route: filter("The name of a route; `rule:<name>` for a rule with sinks of its own."),
    sink: filter("A sink that has the group."),
    ...PAGING,
  }),
  answer: GroupPage,
  answerTo: async ({ queries, clock }, { query: { cursor, ...filters } }) => {
    const { rows, next } = await queries.groups({ ...filters, after: cursor });
    const alerts = await queries.groupAlerts(
      rows.map(({ key }) => key),
      MOST_FINGERPRINTS,
    );
    return {
      at: toInstant(clock.now()),
      items: rows.map((group) => toGroup(group, alerts.get(group.key))),
      next: next === undefined ? null : encodeCursor(next),
    };
  },
});
