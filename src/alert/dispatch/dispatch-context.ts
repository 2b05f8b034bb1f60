import type { NewDelivery } from "../changes.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { GroupState, SentState } from "../state.ts";
import type { Holds } from "../suppression/holds.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { DigestBook } from "./digest-book.ts";
import type { GroupBook } from "./group-book.ts";
import type { PatchedAlerts } from "./patched-alerts.ts";

/** What dispatch works with while it takes in one news, runs one timer or answers one question. */
export interface DispatchContext {
  /** Read; what dispatch concludes of them are patches. */
  readonly alerts: PatchedAlerts;
  readonly groups: GroupBook;
  readonly digests: DigestBook;
  readonly decisions: DecisionLog;
  /** New deliveries are put at its end. */
  readonly outbox: NewDelivery[];
  readonly holds: Omit<Holds, "take" | "hear" | "drain" | "silences" | "indexes">;
  readonly policy: Policy;
  readonly routes: RouteTable;
  readonly observer: EngineObserver;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One sink's turn in a look at one group. */
export interface SinkTurn {
  readonly group: GroupState;
  readonly sink: SinkPolicy;
  /** What the sink was told of the group before. */
  readonly told: SentState | undefined;
}
