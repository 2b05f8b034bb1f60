import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from "express";
import helmet, { type HelmetOptions } from "helmet";

import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Probes } from "../lib/probes.ts";
import type { AccessPolicy } from "./access/access-policy.ts";
import { createGuard } from "./access/guard.ts";
import { requireAccess } from "./access/require-access.ts";
import { createAlertmanagerRouter } from "./alertmanager/alertmanager-router.ts";
import { onlyAllow, sendProblem, sendUnknownPath } from "./answers.ts";
import type { Bridge } from "./bridge.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { KeptReadings } from "./kept-readings.ts";
import { type ListenAddress, Listener } from "./listener.ts";
import { PAGE_FOLDER, servePage } from "./page/serve-page.ts";
import { createApiRouter } from "./router.ts";
import { createStreamGauge } from "./stream/create-stream-gauge.ts";
import { StreamHub } from "./stream/stream-hub.ts";

/** Larger requests, in bytes, are refused with 413. */
const MOST_BODY_BYTES = 64 * 1024;
/**
 * Nothing that binds more than this server: behind a proxy with TLS, HSTS would speak for the proxy's whole domain, and
 * plain HTTP on the next port would be asked for as HTTPS.
 */
const HEADERS: HelmetOptions = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
};

/** The result of a reload. A refused one has at least one error among its findings. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Collaborators of the server; it owns none of them. */
export interface HttpServerOptions {
  readonly listen: ListenAddress;
  /** A listener of its own for health and metrics, beside the one for everything; undefined for none. */
  readonly probes?: ListenAddress | undefined;
  /** Called at every request, so that a reload can change them. */
  readonly access: () => AccessPolicy;
  /** The built page, `dist/web` of the package by default. */
  readonly pageFolder?: string;
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
  /** @throws {TocsinError} ERR_CONFIG_INVALID when an address is in use or not one of this machine. */
  start(): Promise<void>;
  /** Ends when the last request is answered, or after two seconds. Safe to call twice. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`, with the real port; undefined while not started. */
  readonly address: string | undefined;
  /** The same of `probes`. */
  readonly probesAddress: string | undefined;
}

/** Makes the server without opening anything yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { listen, probes, clock } = options;
  const { app, streams } = createRoutes(options);
  const main = new Listener(app, {
    key: "server.listen",
    listen,
    limits: { most: 256, mostPerPeer: 64 },
    clock,
  });
  const own =
    probes === undefined
      ? undefined
      : new Listener(createProbeRoutes(options), {
          key: "server.probes",
          listen: probes,
          limits: { most: 64, mostPerPeer: 16 },
          clock,
        });
  return {
    start: async () => {
      await main.start();
      try {
        await own?.start();
      } catch (error) {
        await main.stop();
        throw error;
      }
    },
    stop: async () => {
      streams.stop();
      await Promise.all([main.stop(), own?.stop()]);
    },
    get address() {
      return main.address;
    },
    get probesAddress() {
      return own?.address;
    },
  };
}

/** Health and metrics alone. */
function createProbeRoutes(options: HttpServerOptions): Express {
  const app = createApp();
  addHealthRoutes(app, options);
  app.use(sendUnknownPath);
  app.use(answerError(options.log));
  return app;
}

function createApp(): Express {
  const app = express();
  app.set("etag", false);
  app.set("query parser", false);
  // Browsers must not guess another type: texts of Events stay JSON.
  app.set("json escape", true);
  app.use(helmet(HEADERS), refuseLargeBody);
  return app;
}

function createRoutes(options: HttpServerOptions): { readonly app: Express; readonly streams: StreamHub } {
  const { health, reload, bridge, clock, log } = options;
  const app = createApp();
  addHealthRoutes(app, options);
  const { access, desk, before } = createGuard({ ...options, sessionKey: bridge.sessionKey });
  app.use(["/api", "/-"], ...before);
  app
    .route("/-/reload")
    .post(requireAccess("write", access), async (_request, response) => {
      const outcome = await reload();
      response.status(outcome.ok ? 200 : 422).json(outcome);
    })
    .all(onlyAllow("POST"));

  const context = { ...bridge, clock, health, access, desk, kept: new KeptReadings(clock) };
  const streams = new StreamHub(context, log);
  createStreamGauge(options.metrics, () => streams.size);
  app.use("/api/v1", createApiRouter(context, streams));
  app.use("/api/v2", createAlertmanagerRouter(context));
  const isOn = (): boolean => bridge.configuration().process.server.page !== false;
  app.use(servePage({ folder: options.pageFolder ?? PAGE_FOLDER, isOn }));
  app.use(sendUnknownPath);
  app.use(answerError(log));
  return { app, streams };
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
