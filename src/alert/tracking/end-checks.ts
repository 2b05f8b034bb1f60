import type { AlertIndex } from "../alert-reader.ts";
import type { AlertState } from "../state.ts";

/** An end waits this long for the state of its objects; milliseconds. */
const ANSWER_MS = 2000;

/** The alerts whose end is due and waits for the state of their objects. Nothing of it is stored. */
export class EndChecks implements AlertIndex {
  /** Epoch milliseconds, by fingerprint. */
  readonly #until = new Map<string, number>();

  /** Begins the wait. @returns Its end, epoch milliseconds. */
  begin({ fingerprint }: Pick<AlertState, "fingerprint">, now: number): number {
    this.#until.set(fingerprint, now + ANSWER_MS);
    return now + ANSWER_MS;
  }

  /** The end of the wait; undefined when the alert does not wait. */
  until({ fingerprint }: Pick<AlertState, "fingerprint">): number | undefined {
    return this.#until.get(fingerprint);
  }

  /** Ends the wait. */
  close({ fingerprint }: Pick<AlertState, "fingerprint">): void {
    this.#until.delete(fingerprint);
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (after === undefined && before !== undefined) this.close(before);
  }
}
