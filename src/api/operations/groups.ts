import type { AlertState, GroupState } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { encodeCursor, pageFrom } from "../paging.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { GroupPage } from "../schemas/group.ts";
import { byGroup, openedAt, toGroup } from "../views/group.ts";
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
  answerTo: async ({ engine, clock }, { query }) => {
    const alerts = byGroup(engine.alerts());
    const alertsOf = ({ key }: GroupState): readonly AlertState[] => alerts.get(key) ?? [];
    const isWanted = ({ route, told }: GroupState): boolean =>
      (query.route === undefined || route === query.route) &&
      (query.sink === undefined || told.some(({ sink }) => sink === query.sink));
    const wanted = [...engine.groups()].filter(isWanted);
    const page = pageFrom(
      wanted,
      (group) => ({ at: openedAt(group, alertsOf(group)), name: group.key }),
      query,
    );
    return {
      at: toInstant(clock.now()),
      items: page.rows.map((group) => toGroup(group, alertsOf(group))),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
