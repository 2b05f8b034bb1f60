import type { Inquiry } from "../alert/index.ts";
import type { Batch, Position } from "../event/index.ts";
import type { EventRing } from "../ring/index.ts";
import type { EventSource, SourceMessage } from "../source/index.ts";
import type { DurableEngine } from "./durable-engine.ts";
import { inquiriesAboutEnded } from "./ended-events.ts";
import type { FaultLog } from "./fault-log.ts";
import { type LookUp, ingest } from "./ingest.ts";
import { OwnerIndex } from "./owner-index.ts";
import type { PipelineMetrics } from "./pipeline-metrics.ts";
import type { PolicyInUse } from "./policy-in-use.ts";
import type { RecentChanges } from "./recent-changes.ts";
import { RecentObservations } from "./recent-observations.ts";
import type { PipelineStore } from "./retrying-store.ts";
import type { StateFinder } from "./state-clauses.ts";
import { StreamCoverage } from "./stream-coverage.ts";

/** Collaborators and values of the source's inputs. */
export interface SourceInputsDeps {
  readonly source: Pick<EventSource, "ack" | "status">;
  readonly store: Pick<PipelineStore, "seen" | "owners">;
  readonly engine: DurableEngine;
  readonly policy: PolicyInUse;
  /** From the store. */
  readonly positions: readonly Position[];
  readonly lookUp: LookUp | undefined;
  readonly states: StateFinder | undefined;
  readonly changes: RecentChanges;
  readonly ring?: EventRing | undefined;
  readonly learnsOwners: boolean;
  readonly silenceAnnotations: boolean;
  /** Milliseconds. */
  readonly eventTtlMs: number;
  /** Asks about objects; the answers are further inputs. */
  readonly onInquiries: (inquiries: readonly Inquiry[]) => void;
  readonly metrics: PipelineMetrics;
  readonly faults: FaultLog;
}

/** Gives the messages of the source to the engine, and acknowledges a batch when its position is stored. */
export class SourceInputs {
  readonly #deps: SourceInputsDeps;
  readonly #owners: OwnerIndex;
  readonly #recent = new RecentObservations();
  readonly #coverage: StreamCoverage;

  constructor(deps: SourceInputsDeps) {
    this.#deps = deps;
    const { engine, store } = deps;
    this.#owners = new OwnerIndex({
      owners: async (objects) => {
        // The store is to know all that was learnt.
        await engine.flushOwners();
        return store.owners(objects);
      },
    });
    this.#coverage = new StreamCoverage(deps.positions);
  }

  /** The stored positions. */
  get positions(): readonly Position[] {
    return this.#coverage.positions;
  }

  /** Acknowledges what was stored. */
  recordStored(positions: readonly Position[]): void {
    for (const position of positions) {
      this.#coverage.recordStored(position);
      this.#deps.source.ack(position);
    }
  }

  receive(message: SourceMessage): Promise<void> {
    const { engine, source } = this.#deps;
    if (message.kind === "batch") return this.#receiveBatch(message.batch);
    const { cluster } = message;
    const namespace = namespaceOf(message.scope);
    if (message.kind === "gap") {
      this.#coverage.recordGap(message);
      return engine.step({ kind: "gap", cluster, namespace });
    }
    const listsToCome = this.#coverage.recordLive(message, source.status());
    return engine.step({ kind: "live", cluster, namespace, listsToCome });
  }

  async #receiveBatch(batch: Batch): Promise<void> {
    const { policy, engine, faults, ring, ...context } = this.#deps;
    const { position } = batch;
    const readUpTo = this.#coverage.readUpTo(batch);
    ring?.record(batch, { readUpTo, isLive: this.#coverage.isLive(batch) });
    const { occurrences, seen, owners, learned, annotated } = await ingest(batch, {
      ...context,
      policy: policy.current,
      engine: engine.engine,
      owners: this.#owners,
      recent: this.#recent,
      readUpTo,
      completeSince: policy.since,
      onMalformed: (error) => faults.recordMalformed(error),
    });
    const listing = this.#coverage.isListing(batch) ? batch.cluster : undefined;
    const positions = position === undefined ? [] : [position];
    await engine.step(
      { kind: "occurrences", occurrences, learned, annotated, listing },
      { seen, owners, positions },
    );
    if (position !== undefined) this.#coverage.recordRead(position);
    this.#deps.onInquiries(inquiriesAboutEnded(batch, { ...context, engine: engine.engine }));
  }
}

/** The namespace of a scope: `core/shop` → `shop`, `core/` → "" for all namespaces. */
function namespaceOf(scope: string): string {
  return scope.slice(scope.indexOf("/") + 1);
}
