import type { Engine, EngineInput } from "../alert/index.ts";
import type { Configuration } from "../config/index.ts";
import type { Delivery } from "../delivery/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Store } from "../store/index.ts";
import type { Health } from "./health.ts";

/** What the stream of one scope says of itself. */
export interface StreamStatus {
  /** `core/` for all namespaces, `core/shop` for one. */
  readonly scope: string;
  readonly state: "cold" | "listing" | "watching" | "waiting";
  /** In words; "" while it watches. */
  readonly trouble: string;
  /** Epoch milliseconds; 0 when nothing came yet. */
  readonly lastMessageAt: number;
  readonly resourceVersion: string;
}

/** The running service, as far as people may look into it. Nothing but dead letters and silences is changed through it. */
export interface Bridge {
  readonly version: string;
  readonly cluster: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The one in use. */
  readonly configuration: () => Configuration;
  readonly engine: Pick<Engine, "alerts" | "groups">;
  readonly silences: Engine["silences"];
  /** Makes, changes or ends a silence; it is durable when this resolves. */
  readonly silence: (change: EngineInput & { readonly kind: "silence" | "unsilence" }) => Promise<void>;
  readonly store: Pick<
    Store,
    | "deliveries"
    | "decisions"
    | "decisionCounts"
    | "owners"
    | "depths"
    | "deadLetters"
    | "retryDead"
    | "dropDead"
    | "isWritable"
    | "usedBytes"
  >;
  readonly delivery: Pick<Delivery, "status" | "wake">;
  readonly streams: () => readonly StreamStatus[];
  /** Removes secrets. */
  readonly scrub: (text: string) => string;
}

/** What an operation works with. */
export interface ApiContext extends Bridge {
  readonly clock: Clock;
  readonly health: Health;
}
