import { Status } from "../schemas/status.ts";
import { defineOperation, NO_QUERY } from "./operation.ts";
import { readStatus } from "./read-status.ts";

/** `GET /status`. */
export const getStatus = defineOperation({
  operationId: "getStatus",
  method: "get",
  path: "/status",
  summary: "The whole bridge at a glance",
  query: NO_QUERY,
  answer: Status,
  answerTo: readStatus,
});
