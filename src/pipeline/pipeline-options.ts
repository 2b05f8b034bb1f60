import type { Changes, Policy } from "../alert/index.ts";
import type { Position } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { EventRing } from "../ring/index.ts";
import type { EventSource } from "../source/index.ts";
import type { Bell, EngineStore, RefusedRecords } from "../store/index.ts";
import type { LogLookUp, StateLookUp } from "./fact-inputs.ts";
import type { LookUp } from "./ingest.ts";

/** The collaborators and values of a pipeline. */
export interface PipelineOptions {
  /** Gives the configured policy; called at the start and for each command to reload. */
  readonly policy: () => Policy;
  /** The stored ones. */
  readonly positions: readonly Position[];
  readonly store: EngineStore;
  /** The number of the store's partition. */
  readonly partition: number;
  readonly bell: Bell;
  readonly source: EventSource;
  /** Milliseconds. */
  readonly eventTtlMs: number;
  readonly learnsOwners: boolean;
  /** Undefined: owners are learnt from Events alone. */
  readonly lookUp: LookUp | undefined;
  /** Undefined: the engine makes no inquiries. */
  readonly stateLookUp?: StateLookUp | undefined;
  /** Undefined: no log is read. */
  readonly logLookUp?: LogLookUp | undefined;
  /** Takes in all Events; undefined: nobody will ask for them. */
  readonly ring?: EventRing | undefined;
  /** Whether annotations of objects and namespaces may silence their alerts. */
  readonly silenceAnnotations: boolean;
  /** Called after each commit, before the next one. */
  readonly onCommitted: (changes: Changes) => void;
  /** Called when records of `forward` had no room in the store and were dropped. */
  readonly onRefused: (records: RefusedRecords) => void;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Ends `run`. */
  readonly signal: AbortSignal;
}

/** The state of a pipeline, for health. */
export interface PipelineStatus {
  /** The last error of the store; "" while it works. */
  readonly storeError: string;
  /** Milliseconds for which the pipeline has worked on its present input; 0 while it waits for one. */
  readonly busyMs: number;
  /** The last Event that could not be read; undefined for none. */
  readonly malformed: { readonly at: number; readonly error: string } | undefined;
}
