import { type Configuration, sizeOf } from "../../config/index.ts";
import type { DestinationStatus } from "../../delivery/index.ts";
import type { AlertCount, DecisionCount, QueueDepth } from "../../store/index.ts";
import type { ApiContext, LookUpStatus, StreamStatus } from "../bridge.ts";
import type { Status } from "../schemas/status.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { why } from "./why.ts";

/** Facts from the store for the status. */
export interface StoreFigures {
  readonly depths: readonly QueueDepth[];
  /** Of the last hour. */
  readonly decisions: readonly DecisionCount[];
  readonly alerts: readonly AlertCount[];
  readonly groups: number;
  readonly usedBytes: number;
}

/** Makes the status. @param now Epoch milliseconds. */
export function toStatus(context: ApiContext, figures: StoreFigures, now: number): Status {
  const configuration = context.configuration();
  const checks = context.health.ready();
  return {
    at: toInstant(now),
    version: context.version,
    cluster: context.cluster,
    configHash: configuration.origin.hash,
    startedAt: toInstant(context.startedAt),
    uptimeSeconds: secondsSince(context.startedAt, now),
    ready: checks.every(({ ok }) => ok),
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail: context.scrub(detail) })),
    streams: context.streams().map((stream) => toStream(stream, context, now)),
    lookUps: toLookUps(context.lookUps(), now),
    configured: sizeOf(configuration),
    sinks: toSinks(context, configuration, { depths: figures.depths, now }),
    store: {
      writable: context.isWritable(),
      usedBytes: figures.usedBytes,
      maxBytes: configuration.process.state.maxBytes,
    },
    alerts: phasesOf(figures.alerts),
    groups: figures.groups,
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

function toLookUps(status: LookUpStatus | undefined, now: number): Status["lookUps"] {
  if (status === undefined) return null;
  const { kinds, free, burst, perSecond, waiting, oldestMs } = status;
  return {
    kinds: kinds.map(({ retryMs, ...kind }) => ({
      ...kind,
      retryAt: retryMs === 0 ? null : toInstant(now + retryMs),
    })),
    requests: { free, burst, perSecond },
    waiting,
    oldestSeconds: oldestMs / 1000,
  };
}

function toSinks(
  { delivery, scrub }: ApiContext,
  { sinks }: Configuration,
  { depths, now }: { readonly depths: readonly QueueDepth[]; readonly now: number },
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
  depth: QueueDepth | undefined,
  now: number,
): Pick<SinkView, "waiting" | "oldestAt" | "oldestAgeSeconds" | "dead"> {
  const { waiting = 0, oldestAt, dead = 0 } = depth ?? {};
  const oldestAgeSeconds = oldestAt === undefined ? null : secondsSince(oldestAt, now);
  return { waiting, oldestAt: toInstantOrNull(oldestAt), oldestAgeSeconds, dead };
}

function phasesOf(counts: readonly AlertCount[]): Status["alerts"] {
  const sums = { pending: 0, firing: 0, resolved: 0 };
  for (const { phase, alerts } of counts) sums[phase] += alerts;
  return sums;
}

function reasons(figures: StoreFigures, outcome: "notified" | "suppressed"): Status["lastHour"]["notified"] {
  return figures.decisions
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
