import { setTimeout as sleep } from "node:timers/promises";

import { ALERT_SINK, RECORD_SINKS } from "../history.ts";
import type { Behaviour } from "../receivers.ts";
import { BOTH, type Fault } from "../world.ts";

const SINKS = [...RECORD_SINKS, ALERT_SINK];

/** One sink, or each of them, behaves badly for a while. */
function behaves(name: string, rows: readonly number[], behaviourOf: (variant: number) => Behaviour): Fault {
  return {
    name,
    rows,
    track: "sink",
    beds: BOTH,
    mostMs: 5000,
    inject: async ({ receivers }, { ms, variant }) => {
      const chosen = variant % 4 === 3 ? SINKS : SINKS.slice(variant % 4, (variant % 4) + 1);
      for (const sink of chosen) receivers.behave(sink, behaviourOf(variant));
      await sleep(ms);
      for (const sink of chosen) receivers.behave(sink, { kind: "ok" });
    },
  };
}

/** Faults of receivers. */
export const SINK_FAULTS: readonly Fault[] = [
  behaves("sink-down", [15, 18], () => ({ kind: "status", status: 500 })),
  behaves("sink-busy", [15, 18], (variant) => ({
    kind: "status",
    status: variant % 2 === 0 ? 429 : 503,
    retryAfter: ["0", "30", "120", "Thu, 01 Jan 1970 00:00:00 GMT"][variant % 4] ?? "0",
  })),
  behaves("sink-hangs", [14, 15, 18], () => ({ kind: "hang" })),
  behaves("sink-resets", [15, 18], () => ({ kind: "reset" })),
  behaves("sink-slow", [14], (variant) => ({ kind: "slow", ms: 50 + (variant % 300) })),
  behaves("reply-lost", [16], () => ({ kind: "lost reply" })),
  {
    name: "poison",
    rows: [17],
    track: "sink",
    beds: BOTH,
    mostMs: 0,
    inject: async ({ receivers, schedule }, { variant }) => {
      const lineage = schedule.lineages[variant % schedule.lineages.length];
      if (lineage !== undefined) receivers.poison(`chaos ${lineage.name}#`);
    },
  },
];
