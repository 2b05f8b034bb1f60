export type { Health, HealthCheck } from "./health.ts";
export {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
  type ReloadOutcome,
} from "./http-server.ts";
export type { Tokens } from "./tokens.ts";
