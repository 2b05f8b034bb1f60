export type { AccessPolicy } from "./access/access-policy.ts";
export type { Bridge, StreamStatus } from "./bridge.ts";
export {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
  type ReloadOutcome,
} from "./http-server.ts";
export { openApiDocument } from "./openapi.ts";
export { type Alert, AlertPage } from "./schemas/alert.ts";
export { DEAD_LETTER_SCHEMAS, type DeadLetter } from "./schemas/dead-letter.ts";
export { type Decision, DecisionPage } from "./schemas/decision.ts";
export { type Delivery, DeliveryPage } from "./schemas/delivery.ts";
export { type EndedAlert, HistoryPage } from "./schemas/ended-alert.ts";
export { Explanation } from "./schemas/explanation.ts";
export { Problem } from "./schemas/problem.ts";
export { type RecentEvent, RecentEventPage } from "./schemas/recent-event.ts";
export { RulePage } from "./schemas/rule.ts";
export { MadeSilence, Silence, SilenceList } from "./schemas/silence.ts";
export { Status } from "./schemas/status.ts";
export { toExplanation } from "./views/explanation.ts";
