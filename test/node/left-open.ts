import { setTimeout as sleep } from "node:timers/promises";

import type { BridgeProcess } from "../support/bridge-process.ts";
import type { Play } from "./play-incident.ts";

/** The list of open alerts is looked at so long after a repair. */
const LOOKED_AT_AFTER_MS = 5 * 60_000;

/** The parts of an answer of `GET /api/v1/alerts` that are read here. */
interface AlertList {
  readonly items: readonly {
    readonly rule: string;
    readonly lifecycle: string;
    readonly well: object | null;
  }[];
}

/** Whether an incident is over for good when it was played, so that nothing of it may be open later. */
export function isOverForGood({ incident, repairedAt, againAt, track }: Play): boolean {
  return (
    repairedAt !== undefined &&
    againAt === undefined &&
    track.changes.at(-1)?.isSo === false &&
    incident.isPoint !== true
  );
}

/**
 * The rules of the alerts of a namespace that are open five minutes after its trouble was repaired, and not shown as well.
 * An alert about something that merely happened has no end.
 */
export async function leftOpen(
  bridge: Pick<BridgeProcess, "address">,
  { incident: { name }, repairedAt = 0 }: Play,
): Promise<readonly string[]> {
  await sleep(Math.max(0, repairedAt + LOOKED_AT_AFTER_MS - Date.now()));
  const answer = await fetch(`${bridge.address}/api/v1/alerts?phase=firing&namespace=${name}`);
  // As docs/openapi.json has it.
  const { items } = (await answer.json()) as AlertList;
  return items.flatMap(({ rule, lifecycle, well }) => (well !== null || lifecycle === "point" ? [] : [rule]));
}
