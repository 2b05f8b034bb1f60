import type { ApiContext } from "../bridge.ts";
import type { Status } from "../schemas/status.ts";
import { toStatus } from "../views/status.ts";

const HOUR_MS = 3_600_000;

/** Reads the bridge at a glance. @throws {TocsinError} ERR_STORE. */
export async function readStatus(context: ApiContext): Promise<Status> {
  const now = context.clock.now();
  const { queries } = context;
  const [depths, decisions, alerts, groups, usedBytes] = await Promise.all([
    queries.depths(),
    queries.decisionCounts(now - HOUR_MS),
    queries.alertCounts(),
    queries.groupCount(),
    queries.usedBytes(),
  ]);
  return toStatus(context, { depths, decisions, alerts, groups, usedBytes }, now);
}
