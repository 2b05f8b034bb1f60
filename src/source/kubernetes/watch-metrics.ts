import type { Metrics } from "../../lib/metrics.ts";
import type { ListCause } from "./decide.ts";
import type { TroubleKind } from "./trouble.ts";

/** The counters of the watches of one cluster. */
export interface WatchMetrics {
  /** A list of everything began. */
  listed(cause: ListCause): void;
  failed(kind: TroubleKind): void;
  /** Watch events came, of any type but bookmarks. */
  received(events: number): void;
}

/**
 * Registers the metrics of a source.
 *
 * @param positionAges Scope → seconds since its position was confirmed; called at every scrape.
 */
export function createWatchMetrics(
  metrics: Metrics,
  positionAges: () => Iterable<readonly [string, number]>,
): WatchMetrics {
  metrics.gauge(
    "tocsin_watch_position_age_seconds",
    "Seconds since the stored position was last confirmed by a batch, an accepted watch or its clean end.",
    {
      labelNames: ["scope"],
      collect: (gauge) => {
        gauge.reset();
        for (const [scope, seconds] of positionAges()) gauge.set({ scope }, seconds);
      },
    },
  );
  const relists = metrics.counter(
    "tocsin_watch_relists_total",
    "Lists of all Events, by cause; gone and refused are normal for a quiet stream.",
    ["cause"],
  );
  const errors = metrics.counter(
    "tocsin_watch_errors_total",
    "Requests for Events that failed or broke off.",
    ["kind"],
  );
  const events = metrics.counter("tocsin_watch_events_total", "Watch events received, without bookmarks.");
  return {
    listed: (cause) => relists.inc({ cause }),
    failed: (kind) => errors.inc({ kind }),
    received: (count) => events.inc(count),
  };
}
