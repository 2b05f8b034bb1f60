import type { EngineObserver } from "../observer.ts";
import type { Policy } from "../policy.ts";
import type { AlertBook } from "./alert-book.ts";
import type { RecentCounters } from "./counters.ts";
import type { FarReachingAlerts } from "./far-reaching-alerts.ts";
import type { RuleAges } from "./rule-ages.ts";

/** The collaborators of tracking while it handles one input. */
export interface TrackingContext {
  readonly book: AlertBook;
  readonly counters: RecentCounters;
  readonly farReaching: FarReachingAlerts;
  readonly ages: RuleAges;
  readonly observer: EngineObserver;
  /** Alerts that are tracked one by one. */
  readonly mostAlerts: number;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
}
