import { Status } from "../schemas/status.ts";
import { toStatus } from "../views/status.ts";
import { defineOperation, NO_QUERY } from "./operation.ts";

const HOUR_MS = 3_600_000;

/** `GET /status`. */
export const getStatus = defineOperation({
  operationId: "getStatus",
  method: "get",
  path: "/status",
  summary: "The whole bridge at a glance",
  query: NO_QUERY,
  answer: Status,
  answerTo: async (context) => {
    const now = context.clock.now();
    const { queries } = context;
    const [depths, decisions, alerts, groups, usedBytes] = await Promise.all([
      queries.depths(),
      queries.decisionCounts(now - HOUR_MS),
      queries.alertCounts(),
      queries.groupCount(),
      queries.usedBytes(),
    ]);
    return toStatus(context, { depths, decisions, alerts, groups, usedBytes }, now);
  },
});
