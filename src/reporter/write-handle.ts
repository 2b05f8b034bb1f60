import type { ReportError } from "./report-error.ts";
import type { ReportHandle, WrittenEvent } from "./report.ts";

/**
 * The common fate of the occurrences that one write tells, and their handle. Most hosts never ask, so the promise is
 * made when somebody does.
 */
export class WriteHandle implements ReportHandle {
  readonly refused: ReportError | undefined;
  #outcome: WrittenEvent | ReportError | undefined;
  #deferred: PromiseWithResolvers<WrittenEvent> | undefined;

  /** @param refused Why nothing will be written. */
  constructor(refused?: ReportError) {
    this.refused = refused;
    this.#outcome = refused;
  }

  get settled(): Promise<WrittenEvent> {
    if (this.#deferred === undefined) {
      this.#deferred = Promise.withResolvers();
      // A host that does not wait for it must not fall over it.
      this.#deferred.promise.catch(() => undefined);
      if (this.#outcome !== undefined) this.settle(this.#outcome);
    }
    return this.#deferred.promise;
  }

  /** Once. */
  settle(outcome: WrittenEvent | ReportError): void {
    this.#outcome = outcome;
    if (outcome instanceof Error) this.#deferred?.reject(outcome);
    else this.#deferred?.resolve(outcome);
  }
}
