import { HttpSettings } from "../../egress/index.ts";
import { Duration } from "../../lib/duration.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { processSection } from "../section.ts";

/** Services take more frequent requests for abuse. */
const SHORTEST_BEAT_MS = 10_000;

const Heartbeat = strict({
  every: Duration.prefault("1m")
    .refine((ms) => ms >= SHORTEST_BEAT_MS, { error: "at least 10s" })
    .describe("time between two heartbeats, 10s at least"),
  url: SecretRef.refine(
    (url) => typeof url !== "string" || /^https?:$/u.test(URL.parse(url)?.protocol ?? ""),
    {
      error: "not an http:// or https:// URL",
    },
  ).describe("the address of the GET, a secret"),
  ...HttpSettings.shape,
});

/** `heartbeat`. */
export const heartbeat = processSection({
  schema: Heartbeat.optional().describe(
    "a dead-man service, which gets a GET while the watch is live and the store takes writes",
  ),
});
