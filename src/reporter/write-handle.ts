import type { ReportError } from "./report-error.ts";
import type { ReportHandle, WrittenEvent } from "./report.ts";

/**
 * The common result of the occurrences of one write, and their handle. Most hosts never ask, so the promise is made
 * when somebody does.
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
      // An unhandled rejection must not end a host that does not wait.
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
