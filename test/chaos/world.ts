import type { Clock } from "../../src/lib/clock.ts";
import type { BridgeLife } from "./bridge-life.ts";
import type { ClusterBed } from "./cluster-bed.ts";
import type { EmbeddedBed } from "./embedded-bed.ts";
import type { Restore } from "./history.ts";
import type { Receivers } from "./receivers.ts";
import type { BedName, FaultAt, FaultKind, Schedule } from "./schedule.ts";

/** Everything a fault can get at. */
export interface World {
  readonly schedule: Schedule;
  readonly bed: EmbeddedBed | ClusterBed;
  readonly bridge: BridgeLife;
  readonly receivers: Receivers;
  readonly story: Clock;
  /** Milliseconds since the start of the run. */
  now(): number;
  /** The state file of the bridge. */
  readonly stateFile: string;
  /** Looks at what the bridge, which is dead now, has left (I5). */
  inspect(): void;
  /** Something that must not be. */
  complain(problem: string): void;
  /** The server was put back to an older state. */
  restored(restore: Restore): void;
}

/** A fault: what it is, and how it is done and undone. */
export interface Fault extends FaultKind {
  /** Rows of the list in docs/reliability.md. */
  readonly rows: readonly number[];
  /** Whether the API server may lose Events that it has shown, before the bridge looks again. */
  readonly losesHistory?: boolean;
  /** Resolves when everything is as before. */
  inject(world: World, at: FaultAt): Promise<void>;
}

/** The embedded bed of a fault that is only for it. */
export function embedded({ bed }: World): EmbeddedBed {
  if (bed.kind !== "embedded") throw new TypeError("a fault of the embedded bed");
  return bed;
}

/** The cluster bed of a fault that is only for it. */
export function cluster({ bed }: World): ClusterBed {
  if (bed.kind !== "cluster") throw new TypeError("a fault of the cluster bed");
  return bed;
}

/** For faults that both beds know. */
export const BOTH: readonly BedName[] = ["embedded", "cluster"];

/** For faults that only the embedded API can be given. */
export const EMBEDDED: readonly BedName[] = ["embedded"];
