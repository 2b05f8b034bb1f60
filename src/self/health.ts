import type { Health, HealthCheck } from "../api/index.ts";
import type { Clock } from "../lib/clock.ts";
import { formatDuration } from "../lib/duration.ts";
import type { SourceStatus } from "../source/index.ts";

/** An input of the pipeline takes milliseconds; after this long it is stuck. */
const STUCK_MS = 120_000;

/** A watch ends at the latest every 90 s, and waiting for a server is said in its trouble. */
const SILENT_WATCH_MS = 300_000;

/** What the checks look at; nothing here waits. */
export interface HealthDeps {
  readonly clock: Clock;
  readonly sources: () => readonly SourceStatus[];
  readonly pipeline: () => { readonly trouble: string; readonly busyMs: number };
  /** Why the state is not in its file but in memory; "" when it is where it should be. */
  readonly inMemory: () => string;
  /** Removes secrets: anybody may ask, and troubles quote what servers and proxies answer. */
  readonly scrub: (text: string) => string;
}

/** Live: the loops make progress. Ready: every watch is established and the store takes writes. */
export function createHealth({ clock, sources, pipeline, inMemory, scrub }: HealthDeps): Health {
  const stuck = (): HealthCheck => {
    const { busyMs, trouble } = pipeline();
    // A store that refuses is not mended by a restart; readiness says it.
    const ok = busyMs < STUCK_MS || trouble !== "";
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
    ready: () => [safe(watchCheck(sources())), safe(storeCheck(pipeline().trouble, inMemory()))],
  };
}

function watchCheck(sources: readonly SourceStatus[]): HealthCheck {
  const waiting = sources.filter((source) => source.state !== "watching");
  if (sources.length > 0 && waiting.length === 0) return { name: "watch", ok: true, detail: "established" };
  const details = waiting.map(({ state, trouble }) => (trouble === "" ? state : trouble));
  return { name: "watch", ok: false, detail: [...new Set(details)].join("; ") || "not started" };
}

function storeCheck(trouble: string, inMemory: string): HealthCheck {
  if (trouble !== "") return { name: "store", ok: false, detail: trouble };
  if (inMemory === "") return { name: "store", ok: true, detail: "takes writes" };
  return { name: "store", ok: false, detail: `in memory, a restart forgets it: ${inMemory}` };
}
