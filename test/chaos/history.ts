import type { Receipt } from "./receivers.ts";
import type { Schedule } from "./schedule.ts";
import type { LeftRow } from "./state-file.ts";
import type { WriteRecord } from "./writer.ts";

/** A fault of the bridge after which a sink may get a message twice. */
export interface Mark {
  /** Milliseconds since the start of the run. */
  readonly at: number;
  readonly what: "kill" | "pause" | "stop" | "damage";
}

/** The server has forgotten everything between two instants. */
export interface Restore {
  readonly snapshotAt: number;
  readonly at: number;
}

/** All that happened in one run. */
export interface History {
  readonly schedule: Schedule;
  readonly writes: readonly WriteRecord[];
  readonly receipts: readonly Receipt[];
  readonly marks: readonly Mark[];
  readonly restores: readonly Restore[];
  readonly dead: readonly LeftRow[];
  /** Whether some fault made the server forget what happened between two states. */
  readonly lostHistory: boolean;
}

/** Where everything is forwarded to, and where the alerts go. */
export const RECORD_SINKS = ["ledger", "mirror"] as const;

export const ALERT_SINK = "alerts";
