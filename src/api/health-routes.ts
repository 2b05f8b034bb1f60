import type { Express, Response } from "express";

import type { Metrics } from "../lib/metrics.ts";
import type { HealthCheck, Probes } from "../lib/probes.ts";
import { onlyAllow } from "./answers.ts";

/** Adds `/livez`, `/readyz` and `/metrics`, which need no token. */
export function addHealthRoutes(
  app: Express,
  { health, metrics }: { readonly health: Probes; readonly metrics: Metrics },
): void {
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
}

function sendHealth(response: Response, checks: readonly HealthCheck[]): void {
  const ok = checks.every((check) => check.ok);
  response
    .status(ok ? 200 : 503)
    .set("cache-control", "no-store")
    .json({ ok, checks });
}
