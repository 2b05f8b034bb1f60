import type { Clock } from "../lib/clock.ts";
import { formatDuration } from "../lib/duration.ts";
import type { HealthCheck, Probes } from "../lib/probes.ts";
import type { SourceStatus } from "../source/index.ts";

/** The pipeline takes milliseconds for an input; after this time it is stuck. */
const STUCK_MS = 120_000;

/** A watch ends at the latest every 90 s, and a source that waits for its server says so. */
const SILENT_WATCH_MS = 300_000;

/** Facts for the checks; nothing here waits. */
export interface HealthDeps {
  readonly clock: Clock;
  readonly sources: () => readonly SourceStatus[];
  /** `storeError`: the last error of the store, "" while it works. `busyMs`: how long the input in hand has taken. */
  readonly pipeline: () => { readonly storeError: string; readonly busyMs: number };
  /** Whether another process follows the events, and this one waits for its turn. */
  readonly isStandby: () => boolean;
  /** Why the state is in memory only; "" when it is in its file. */
  readonly inMemory: () => string;
  /** Damage of the state file that was found since the start; "" for none. */
  readonly damage: () => string;
  /** Removes secrets: anybody may ask, and details quote the answers of servers and proxies. */
  readonly scrub: (text: string) => string;
}

const STANDBY: HealthCheck = {
  name: "watch",
  ok: true,
  detail: "standby: another process follows the events",
};

/** Makes the two probes of these parts. */
export function createHealth(deps: HealthDeps): Probes {
  const { clock, sources, pipeline, isStandby, inMemory, damage, scrub } = deps;
  const stuck = (): HealthCheck => {
    const { busyMs, storeError } = pipeline();
    // A restart does not mend a store that refuses writes; `ready` reports it.
    const ok = busyMs < STUCK_MS || storeError !== "";
    return { name: "pipeline", ok, detail: ok ? "makes progress" : `stuck for ${formatDuration(busyMs)}` };
  };
  const silent = (): HealthCheck => {
    const late = sources().find(
      (source) => source.state === "watching" && clock.now() - source.lastMessageAt > SILENT_WATCH_MS,
    );
    return late === undefined
      ? { name: "watch", ok: true, detail: "within its deadline" }
      : {
          name: "watch",
          ok: false,
          detail: `${late.scope}: silent for ${formatDuration(clock.now() - late.lastMessageAt)}`,
        };
  };
  const safe = (check: HealthCheck): HealthCheck => ({ ...check, detail: scrub(check.detail) });
  return {
    live: () => [stuck(), silent()],
    ready: () => [
      safe(isStandby() ? STANDBY : watchCheck(sources())),
      safe(storeCheck({ error: pipeline().storeError, inMemory: inMemory(), damage: damage() })),
    ],
  };
}

function watchCheck(sources: readonly SourceStatus[]): HealthCheck {
  const waiting = sources.filter((source) => source.state !== "watching");
  if (sources.length > 0 && waiting.length === 0) return { name: "watch", ok: true, detail: "established" };
  const details = waiting.map(({ state, trouble }) => (trouble === "" ? state : trouble));
  return { name: "watch", ok: false, detail: [...new Set(details)].join("; ") || "not started" };
}

function storeCheck(store: { error: string; inMemory: string; damage: string }): HealthCheck {
  const { error, inMemory, damage } = store;
  if (error !== "") return { name: "store", ok: false, detail: error };
  if (inMemory !== "")
    return { name: "store", ok: false, detail: `in memory, a restart forgets it: ${inMemory}` };
  const detail = damage === "" ? "takes writes" : `takes writes, but its file is damaged: ${damage}`;
  return { name: "store", ok: true, detail };
}
