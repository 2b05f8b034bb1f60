import type { FactBook } from "../facts/fact-book.ts";
import type { Bench } from "../facts/judgement.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy } from "../policy.ts";
import type { AbsenceBook } from "./absence-book.ts";
import type { ActivityBook } from "./activity-book.ts";
import type { AlertBook } from "./alert-book.ts";
import type { AlertTimers } from "./alert-timers.ts";
import type { RecentCounters } from "./counters.ts";
import type { EndChecks } from "./end-checks.ts";
import type { FarReachingAlerts } from "./far-reaching-alerts.ts";
import type { PastEnds } from "./past-ends.ts";
import type { RuleAges } from "./rule-ages.ts";
import type { StateWatch } from "./state-watch.ts";
import type { WorkloadNames } from "./workload-names.ts";

/** The collaborators of tracking while it handles one input. */
export interface TrackingContext {
  readonly book: AlertBook;
  readonly counters: RecentCounters;
  readonly farReaching: FarReachingAlerts;
  readonly ages: RuleAges;
  readonly timers: AlertTimers;
  readonly facts: FactBook;
  readonly watch: StateWatch;
  readonly names: WorkloadNames;
  readonly checks: EndChecks;
  readonly past: PastEnds;
  readonly absences: AbsenceBook;
  readonly activity: ActivityBook;
  readonly observer: EngineObserver;
  /** Alerts that are tracked one by one. */
  readonly mostAlerts: number;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The facts and the time by which alerts are judged. */
export function benchOf({ facts, policy, now }: TrackingContext): Bench & Pick<TrackingContext, "facts"> {
  return { facts, inspected: policy.inspected, now };
}
