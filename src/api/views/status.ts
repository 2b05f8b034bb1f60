import { type Configuration, sizeOf } from "../../config/index.ts";
import type { DestinationStatus } from "../../delivery/index.ts";
import type { Queries } from "../../store/index.ts";
import type { ApiContext, StreamStatus } from "../bridge.ts";
import type { Status } from "../schemas/status.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { why } from "./why.ts";

/** Facts from the store for the status. */
export interface StoreFigures {
  readonly depths: Awaited<ReturnType<Queries["depths"]>>;
  readonly counts: Awaited<ReturnType<Queries["decisionCounts"]>>;
  readonly usedBytes: number;
}

/** Makes the status. @param now Epoch milliseconds. */
export function toStatus(look: ApiContext, figures: StoreFigures, now: number): Status {
  const configuration = look.configuration();
  const checks = look.health.ready();
  return {
    at: toInstant(now),
    version: look.version,
    cluster: look.cluster,
    configHash: configuration.origin.hash,
    startedAt: toInstant(look.startedAt),
    uptimeSeconds: secondsSince(look.startedAt, now),
    ready: checks.every(({ ok }) => ok),
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail: look.scrub(detail) })),
    streams: look.streams().map((stream) => toStream(stream, look, now)),
    configured: sizeOf(configuration),
    sinks: toSinks(look, configuration, { depths: figures.depths, now }),
    store: {
      writable: look.isWritable(),
      usedBytes: figures.usedBytes,
      maxBytes: configuration.process.state.maxBytes,
    },
    alerts: phasesOf(look),
    groups: [...look.engine.groups()].length,
    lastHour: { notified: reasons(figures, "notified"), suppressed: reasons(figures, "suppressed") },
  };
}

function toStream(stream: StreamStatus, { scrub }: ApiContext, now: number): Status["streams"][number] {
  const { scope, state, lastMessageAt, resourceVersion } = stream;
  const hasSpoken = lastMessageAt > 0;
  return {
    scope,
    state,
    trouble: scrub(stream.trouble),
    lastMessageAt: hasSpoken ? toInstant(lastMessageAt) : null,
    ageSeconds: hasSpoken ? secondsSince(lastMessageAt, now) : null,
    resourceVersion,
  };
}

function toSinks(
  { delivery, scrub }: ApiContext,
  { sinks }: Configuration,
  { depths, now }: { readonly depths: StoreFigures["depths"]; readonly now: number },
): Status["sinks"] {
  const known = new Map(sinks.map(({ name, type }) => [name, type.type]));
  const statuses = new Map(delivery.status().map((status) => [status.sink, status]));
  const gone = depths.map(({ sink }) => sink).filter((sink) => !known.has(sink));
  return [...known.keys(), ...gone].map((sink) => {
    const status = statuses.get(sink);
    return {
      sink,
      type: known.get(sink) ?? null,
      state: status?.state ?? "gone",
      error: scrub(status?.error ?? ""),
      retryAt: status === undefined || status.waitMs === 0 ? null : toInstant(now + status.waitMs),
      destinations: (status?.destinations ?? []).map((one) => toDestination(one, scrub, now)),
      destinationsOmitted: status?.destinationsOmitted ?? 0,
      sending: status?.running ?? 0,
      ...toQueue(
        depths.find((row) => row.sink === sink),
        now,
      ),
    };
  });
}

type SinkView = Status["sinks"][number];

function toDestination(
  { destination, state, error, waitMs }: DestinationStatus,
  scrub: ApiContext["scrub"],
  now: number,
): SinkView["destinations"][number] {
  const retryAt = waitMs === 0 ? null : toInstant(now + waitMs);
  return { destination: scrub(destination), state, error: scrub(error), retryAt };
}

function toQueue(
  depth: StoreFigures["depths"][number] | undefined,
  now: number,
): Pick<SinkView, "waiting" | "oldestAt" | "oldestAgeSeconds" | "dead"> {
  const { waiting = 0, oldestAt, dead = 0 } = depth ?? {};
  const oldestAgeSeconds = oldestAt === undefined ? null : secondsSince(oldestAt, now);
  return { waiting, oldestAt: toInstantOrNull(oldestAt), oldestAgeSeconds, dead };
}

function phasesOf({ engine }: ApiContext): Status["alerts"] {
  const counts = { pending: 0, firing: 0, resolved: 0 };
  for (const { phase } of engine.alerts()) counts[phase] += 1;
  return counts;
}

function reasons(
  { counts }: StoreFigures,
  outcome: "notified" | "suppressed",
): Status["lastHour"]["notified"] {
  return counts
    .filter((count) => count.outcome === outcome)
    .map(({ reason, decisions, occurrences }) => ({
      reason,
      why: why(outcome, reason),
      decisions,
      occurrences,
    }));
}

/** After a clock was put back, nothing is younger than 0 s. */
function secondsSince(at: number, now: number): number {
  return Math.max(0, now - at) / 1000;
}
