import type { Engine, Inquiry } from "../alert/index.ts";
import { type Batch, type ClusterEvent, lastHeardOf, normalise, objectKey } from "../event/index.ts";

/** A share of the TTL: an Event that ends sooner did not expire. The API server keeps some a little longer. */
const EXPIRED_AT = 0.9;

/** The values that decide which ends of Events are hints. */
export interface EndedEventsContext {
  readonly engine: Pick<Engine, "isOfAlert">;
  /** Milliseconds that the API server keeps an Event. */
  readonly eventTtlMs: number;
}

/**
 * An Event that ends before it expires was deleted, mostly with its namespace, and then its object may be gone too.
 *
 * @returns Inquiries about the objects of alerts among them, each once.
 */
export function inquiriesAboutEnded(
  { ended = [], cluster, receivedAt }: Batch,
  { engine, eventTtlMs }: EndedEventsContext,
): readonly Inquiry[] {
  const inquiries = new Map<string, Inquiry>();
  for (const observation of ended) {
    const { object } = observation;
    if (inquiries.has(object) || !engine.isOfAlert(object)) continue;
    const event = eventOf(observation, cluster);
    if (event === undefined || lastHeardOf(event) + EXPIRED_AT * eventTtlMs <= receivedAt) continue;
    const { apiVersion } = event.involvedObject;
    inquiries.set(objectKey(event), { object: objectKey(event), apiVersion, purpose: "hint" });
  }
  return [...inquiries.values()];
}

/** Undefined for one that is no valid Event. */
function eventOf({ raw }: NonNullable<Batch["ended"]>[number], cluster: string): ClusterEvent | undefined {
  try {
    return normalise(raw, cluster);
  } catch {
    return undefined;
  }
}
