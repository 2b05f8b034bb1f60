import type { Changes, Policy } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { EventSource } from "../source/index.ts";
import type { Bell, EngineStore, LoadedState } from "../store/index.ts";
import type { LookUp } from "./ingest.ts";

/** What the pipeline is made with. */
export interface PipelineOptions {
  /** As configured now; asked at the start and at each command to reload. */
  readonly policy: () => Policy;
  readonly state: LoadedState;
  readonly store: EngineStore;
  /** Which part of the store that is. */
  readonly partition: number;
  readonly bell: Bell;
  readonly source: EventSource;
  /** Milliseconds. */
  readonly eventTtlMs: number;
  readonly learnsOwners: boolean;
  /** Undefined: owners are learnt from Events alone. */
  readonly lookUp: LookUp | undefined;
  /** Whether objects and namespaces may say that nobody is to be told of them. */
  readonly silenceAnnotations: boolean;
  /** Hears of each commit, before the next one. */
  readonly onCommitted: (changes: Changes) => void;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Ends `run`. */
  readonly signal: AbortSignal;
}

/** How the pipeline does. */
export interface PipelineStatus {
  /** The last error of the store; "" while it works. */
  readonly storeError: string;
  /** For how long the input in hand has taken, milliseconds. */
  readonly busyMs: number;
  /** The last Event that could not be read, if there was one. */
  readonly malformed: { readonly at: number; readonly error: string } | undefined;
}
