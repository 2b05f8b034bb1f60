import type { Clock } from "../lib/clock.ts";
import { errorText, isFenced } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import {
  type AttemptResult,
  holdPatiently,
  type Leased,
  type LeaseQuery,
  NO_LEASE,
  type Outbox,
  type SinkHolding,
  type StoreHost,
} from "../store/index.ts";

/** Results wait this long for more results, or for the next lease, so that many share one transaction. */
const GATHER_MS = 5;

/** With this many results the queue stores them at once. */
const ENOUGH = 500;

/** While this many results wait for the store, the queue has no room for another attempt. */
const MOST_WAITING = 5000;

const RETRY_MS = 1000;

/** The result of an attempt, and the kind of its row. */
export interface SinkResult {
  readonly sink: string;
  readonly kind: "notification" | "record";
  readonly settlement: AttemptResult;
}

/** The collaborators of a queue. */
export interface SinkQueueDeps {
  readonly sink: string;
  readonly host: Pick<StoreHost, "hold">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when the store has these results. */
  readonly onResults: (results: readonly SinkResult[]) => void;
  /**
   * Called when another process may hold the sink: this one may send and store nothing for it any more. Called once, and
   * never after `close`.
   */
  readonly onLost: (error: unknown) => void;
}

/**
 * The queue of one sink for its workers. This process holds the sink from `open` until `close`, or until it loses it. The
 * queue stores many results of attempts at a time, together with the next lease, and repeats results that the store
 * refuses until it takes them.
 */
export class SinkQueue {
  readonly #deps: SinkQueueDeps;
  readonly #closing = new AbortController();
  #opened: Promise<boolean> | undefined;
  #holding: SinkHolding | undefined;
  #waiting: SinkResult[] = [];
  /** Exchanges that the store has not answered yet. */
  readonly #underWay = new Set<Promise<unknown>>();
  #cancelTimer: (() => void) | undefined;
  #isFailing = false;
  #isLost = false;

  constructor(deps: SinkQueueDeps) {
    this.#deps = deps;
  }

  /** Waits until this process holds the sink; false when the queue was closed before. All callers wait for one holding. */
  open(): Promise<boolean> {
    this.#opened ??= this.#hold();
    return this.#opened;
  }

  async #hold(): Promise<boolean> {
    const { sink, host, clock, log } = this.#deps;
    const { signal } = this.#closing;
    const name = `sink/${sink}` as const;
    const holding = await holdPatiently((stop) => host.hold(name, stop), { name, clock, log, signal });
    holding?.lost.addEventListener("abort", () => this.#lose(holding.lost.reason), { once: true });
    this.#holding = holding;
    return holding !== undefined;
  }

  /** The outbox of the held sink. @throws {Error} before `open` has succeeded. */
  get outbox(): Outbox {
    if (this.#holding === undefined) throw new Error(`"sink/${this.#deps.sink}" is not held`);
    return this.#holding.outbox;
  }

  /** Whether the sink is held and the store keeps up with the results. While not, no attempt should start. */
  get hasRoom(): boolean {
    const heldUntil = this.#holding?.validUntil() ?? 0;
    return (
      !this.#isFailing && this.#waiting.length < MOST_WAITING && this.#deps.clock.monotonic() < heldUntil
    );
  }

  /**
   * Leases rows, and stores the waiting results of notifications in the same transaction. Leases none when the store
   * refuses the results. Leases of records are no transactions, so their results go on waiting for company.
   *
   * @param closed Destinations whose deliveries are not leased.
   */
  async lease(kind: SinkResult["kind"], limit: number, closed: readonly string[] = []): Promise<Leased> {
    const now = this.#deps.clock.now();
    const some = kind === "record" ? { deliveries: 0, records: limit } : { deliveries: limit, records: 0 };
    const query = { now, closed, ...some };
    try {
      return await this.#exchange((result) => kind === "notification" && result.kind === kind, query);
    } catch (error) {
      if (!this.#isFailing) throw error;
      return { deliveries: [], records: [] };
    }
  }

  /** Counts the groups of a thread, as `Outbox.groupsIn`, after the store has the results so far. */
  async groupsIn(thread: string): Promise<number> {
    await this.flush();
    await Promise.allSettled(this.#underWay);
    return this.outbox.groupsIn(thread);
  }

  add(result: SinkResult): void {
    if (this.#isLost) return;
    this.#waiting.push(result);
    if (this.#waiting.length === ENOUGH && !this.#isFailing) {
      void this.flush();
      return;
    }
    this.#cancelTimer ??= this.#deps.clock.after(
      this.#isFailing ? RETRY_MS : GATHER_MS,
      () => void this.flush(),
    );
  }

  /** Stores the waiting results; refused ones wait for the next time. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.length === 0) return;
    // `#fail` has logged the error, and will repeat the results.
    await this.#exchange(() => true, NO_LEASE).catch(() => undefined);
  }

  /** Stores the waiting results as far as the store takes them, and releases the sink. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the queue is closed"));
    // After the release, results on their way would be fenced, so wait for them. Refused ones get one more try.
    if (!this.#isLost) await Promise.allSettled(this.#underWay);
    await this.flush();
    this.#cancelTimer?.();
    await this.#holding?.release();
  }

  async #exchange(isWanted: (result: SinkResult) => boolean, query: LeaseQuery): Promise<Leased> {
    const batch = this.#waiting.filter(isWanted);
    this.#waiting = this.#waiting.filter((result) => !isWanted(result));
    const exchange = this.#store(batch, query);
    this.#underWay.add(exchange);
    try {
      return await exchange;
    } finally {
      this.#underWay.delete(exchange);
    }
  }

  async #store(batch: readonly SinkResult[], query: LeaseQuery): Promise<Leased> {
    let leased: Leased;
    try {
      leased = await this.outbox.exchange(
        batch.map(({ settlement }) => settlement),
        query,
      );
    } catch (error) {
      this.#fail(batch, error);
      throw error;
    }
    this.#isFailing = false;
    if (batch.length > 0) this.#deps.onResults(batch);
    return leased;
  }

  #fail(batch: readonly SinkResult[], error: unknown): void {
    const { sink, clock, log } = this.#deps;
    if (isFenced(error)) {
      this.#lose(error);
      return;
    }
    if (batch.length === 0) return;
    if (!this.#isFailing)
      log.error("ends of deliveries cannot be stored; trying again", { sink, error: errorText(error) });
    this.#isFailing = true;
    this.#waiting = [...batch, ...this.#waiting];
    this.#cancelTimer ??= clock.after(RETRY_MS, () => void this.flush());
  }

  #lose(error: unknown): void {
    // The next holder leases the rows of these results again.
    this.#waiting = [];
    if (this.#isLost || this.#closing.signal.aborted) return;
    this.#isLost = true;
    this.#deps.onLost(error);
  }
}
