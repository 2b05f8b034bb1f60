import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from "express";
import helmet, { type HelmetOptions } from "helmet";

import type { Clock } from "../lib/clock.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { HealthCheck, Probes } from "../lib/probes.ts";
import type { AccessPolicy } from "./access.ts";
import { onlyAllow, requireAccess, sendProblem, sendUnknownPath } from "./answers.ts";
import type { Bridge } from "./bridge.ts";
import { createApiRouter } from "./router.ts";

/** Larger requests, in bytes, are refused with 413. */
const MOST_BODY_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MOST_CONNECTIONS = 256;
/**
 * Nothing that binds more than this server: behind a proxy with TLS, HSTS would speak for the proxy's whole domain, and
 * plain HTTP on the next port would be asked for as HTTPS.
 */
const HEADERS: HelmetOptions = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
};

/** Time for requests in flight once the server stops. */
const STOP_GRACE_MS = 2000;

/** The result of a reload. A refused one has at least one error among its findings. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Collaborators of the server; it owns none of them. */
export interface HttpServerOptions {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Called at every request, so that a reload can change them. */
  readonly access: () => AccessPolicy;
  readonly health: Probes;
  readonly metrics: Metrics;
  readonly reload: () => Promise<ReloadOutcome>;
  /** The service behind `/api/v1`. */
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Health, metrics, reload and the API over HTTP. Stopped → started → stopped; each only once. */
export interface HttpServer {
  /** @throws {TocsinError} ERR_CONFIG_INVALID when the address is in use or not one of this machine. */
  start(): Promise<void>;
  /** Ends when the last request is answered, or after two seconds. Safe to call twice. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`, with the real port; undefined while not started. */
  readonly address: string | undefined;
}

/** Makes the server without opening anything yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createRoutes(options),
  );
  server.maxConnections = MOST_CONNECTIONS;
  return {
    start: () => listen(server, options.listen),
    stop: () => close(server, options.clock),
    get address() {
      return addressOf(server);
    },
  };
}

function createRoutes(options: HttpServerOptions): Express {
  const { access, health, metrics, reload, bridge, clock, log } = options;
  const app = express();
  app.set("etag", false);
  app.set("query parser", false);
  // Browsers must not guess another type: texts of Events stay JSON.
  app.set("json escape", true);
  app.use(helmet(HEADERS), refuseLargeBody);

  app
    .route("/livez")
    .get((_request, response) => sendHealth(response, health.live()))
    .all(onlyAllow("GET, HEAD"));
  app
    .route("/readyz")
    .get((_request, response) => sendHealth(response, health.ready()))
    .all(onlyAllow("GET, HEAD"));
  app
    .route("/metrics")
    .get(async (_request, response) => {
      const text = await metrics.text();
      response.set("content-type", metrics.contentType).send(text);
    })
    .all(onlyAllow("GET, HEAD"));
  app
    .route("/-/reload")
    .post(requireAccess("write", access), async (_request, response) => {
      const outcome = await reload();
      response.status(outcome.ok ? 200 : 422).json(outcome);
    })
    .all(onlyAllow("POST"));

  app.use("/api/v1", createApiRouter({ ...bridge, clock, health }, access));
  app.use(sendUnknownPath);
  app.use(answerError(log));
  return app;
}

function sendHealth(response: Response, checks: readonly HealthCheck[]): void {
  const ok = checks.every((check) => check.ok);
  response
    .status(ok ? 200 : 503)
    .set("cache-control", "no-store")
    .json({ ok, checks });
}

/** Most routes read no body; Node discards incoming bytes, and this ends connections that send many. */
function refuseLargeBody(request: Request, response: Response, next: NextFunction): void {
  if (Number(request.get("content-length") ?? 0) <= MOST_BODY_BYTES) {
    next();
    return;
  }
  response.set("connection", "close");
  sendProblem(response, 413, { error: `the body is larger than ${MOST_BODY_BYTES} bytes` });
}

/** Express knows this handler by its four parameters. The error goes to the log, never to the caller. */
function answerError(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof URIError) {
      sendProblem(response, 400, { error: "the path is not percent-encoded UTF-8" });
      return;
    }
    log.error("http request failed", { method: request.method, path: request.path, error: errorText(error) });
    sendProblem(response, 500, { error: "internal error; the log says more" });
  };
}

function listen(server: Server, address: HttpServerOptions["listen"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(new TocsinError("ERR_CONFIG_INVALID", cannotListen(address, cause), { cause }));
    };
    server.once("error", onError);
    server.listen(address.port, address.host, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

function cannotListen({ host, port }: HttpServerOptions["listen"], cause: NodeJS.ErrnoException): string {
  const place = `server.listen: ${host}:${port}`;
  if (cause.code === "EADDRINUSE") return `${place} is taken by another process; choose another port`;
  if (cause.code === "EACCES") return `${place} may not be opened by this user; choose a port above 1023`;
  if (cause.code === "EADDRNOTAVAIL") return `${place} is not an address of this machine`;
  return `${place} cannot be opened`;
}

async function close(server: Server, clock: Clock): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const cancel = clock.after(STOP_GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}

function addressOf(server: Server): string | undefined {
  // A listening TCP server has an AddressInfo; a string is only for pipes.
  const address = server.address() as AddressInfo | null;
  if (address === null) return undefined;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
