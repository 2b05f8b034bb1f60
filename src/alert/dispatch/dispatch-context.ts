import type { NewDelivery } from "../changes.ts";
import type { EndedAlert, LateNews } from "../ended-alert.ts";
import type { FactBook } from "../facts/fact-book.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { GroupState, SentState } from "../state.ts";
import type { Holds } from "../suppression/holds.ts";
import type { Bundling } from "./bundling.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { DigestBook } from "./digest-book.ts";
import type { Gate } from "./gate.ts";
import type { GroupBook } from "./group-book.ts";
import type { PatchedAlerts } from "./patched-alerts.ts";
import type { WaveBook } from "./wave-book.ts";

/** The collaborators of dispatch while it handles one piece of news, one timer or one question. */
export interface DispatchContext {
  /** Dispatch changes alerts only by patches. */
  readonly alerts: PatchedAlerts;
  /** The known state of the objects of alerts. */
  readonly facts: Pick<
    FactBook,
    "asks" | "ask" | "get" | "logsOf" | "answeredAt" | "isAsked" | "deletionOf" | "wasFound"
  >;
  readonly groups: GroupBook;
  readonly digests: DigestBook;
  readonly waves: WaveBook;
  readonly gate: Gate;
  readonly decisions: DecisionLog;
  /** Dispatch appends new deliveries. */
  readonly outbox: NewDelivery[];
  /** Dispatch appends the alerts that leave. */
  readonly ended: EndedAlert[];
  /** Dispatch appends messages that tell of alerts which have left. */
  readonly lateNews: LateNews[];
  readonly holds: Omit<Holds, "take" | "hear" | "drain" | "silences" | "indexes">;
  readonly policy: Policy;
  readonly routes: RouteTable;
  readonly observer: EngineObserver;
  readonly newId: () => string;
  /** How long the messages of this timer have waited for the state of objects, milliseconds. */
  readonly waitedMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One sink's turn while a group is flushed. */
export interface SinkTurn {
  readonly group: GroupState;
  readonly sink: SinkPolicy;
  /** The last message that the sink was sent about the group; undefined for none. */
  readonly told: SentState | undefined;
  /** The message that the sink gets now with the news of several groups; missing while news still waits for others. */
  readonly bundling?: Bundling | undefined;
}
