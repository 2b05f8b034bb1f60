import { setTimeout as sleep } from "node:timers/promises";

import type { Inbox } from "./inbox.ts";
import type { Incident } from "./incident.ts";
import { endsIn, firingsIn, hooksOf } from "./messages.ts";
import type { Snapshots, Track } from "./snapshots.ts";
import type { Stage } from "./stage.ts";

const LOOK_EVERY_MS = 250;

/** How often it is looked for a first message, and for an end, before an incident goes on without. */
const LOOKS = { first: 4 * 150, slowFirst: 4 * 330, end: 4 * 200, again: 4 * 120 } as const;
/** Trouble lasts so many looks after it was told, and health so many before trouble comes again. */
const LASTS = { trouble: 4 * 10, health: 4 * 75 } as const;

/** An incident as it went; times in epoch milliseconds. */
export interface Play {
  readonly incident: Incident;
  readonly causedAt: number;
  /** Undefined where nothing was repaired. */
  readonly repairedAt: number | undefined;
  /** When the trouble was caused once more. */
  readonly againAt: number | undefined;
  readonly track: Track;
}

/** Causes an incident, waits until it is told, repairs it, and waits until its end is told; each only for so long. */
export async function playIncident(
  incident: Incident,
  stage: Stage,
  { inbox, snapshots }: { readonly inbox: Inbox; readonly snapshots: Snapshots },
): Promise<Play> {
  await stage.cluster.createNamespace(stage.namespace);
  stage.tell("serve");
  await incident.prepare?.(stage);
  await stage.untilWell();
  const track = snapshots.follow(stage.namespace, incident.isSo);
  const causedAt = Date.now();
  const hooks = (since: number) => hooksOf(inbox, incident, causedAt).filter(({ at }) => at >= since);
  const isSo = (): boolean => track.changes.at(-1)?.isSo === true;
  await incident.cause(stage);
  await looking(
    incident.isSlow === true ? LOOKS.slowFirst : LOOKS.first,
    () => firingsIn(hooks(causedAt)).length > 0,
  );
  await looking(LASTS.trouble, () => false);
  let [repairedAt, againAt]: [number?, number?] = [];
  if (incident.repair !== undefined) {
    repairedAt = Date.now();
    await incident.repair(stage);
    await looking(
      LOOKS.end,
      () => !isSo() && (incident.isPoint === true || endsIn(hooks(repairedAt ?? 0)).length > 0),
    );
  }
  if (incident.again !== undefined) {
    await looking(LASTS.health, () => false);
    againAt = Date.now();
    await incident.again(stage);
    await looking(LOOKS.again, () => firingsIn(hooks(againAt ?? 0)).length > 0);
  }
  return { incident, causedAt, repairedAt, againAt, track };
}

/** Looks so often at most, until something holds. Counted, so that a slow machine gets more time. */
async function looking(most: number, holds: () => boolean): Promise<void> {
  for (let look = 0; look < most && !holds(); look++) await sleep(LOOK_EVERY_MS);
}
