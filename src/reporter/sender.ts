import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import { TokenBucket } from "../lib/token-bucket.ts";
import { describeDraft, type Draft, paceKey } from "./draft.ts";
import type { EventNames } from "./event-names.ts";
import type { EventWriter } from "./event-writer.ts";
import { Gate } from "./gate.ts";
import {
  FIRST_RETRY_MS,
  FLUSH_EVERY_MS,
  LONGEST_RETRY_CLOSING_MS,
  LONGEST_RETRY_MS,
  MOST_SERIES,
  MOST_WRITES,
  SERIES_WINDOW_MS,
  WRITES,
} from "./limits.ts";
import { ReportError } from "./report-error.ts";
import type { WrittenEvent } from "./report.ts";
import { SeriesBook } from "./series-book.ts";
import { Series } from "./series.ts";
import { judge, type Verdict } from "./verdict.ts";
import type { WriteHandle } from "./write-handle.ts";

type Retry = Extract<Verdict, { readonly kind: "retry" }>;

/** Collaborators of the sender. */
export interface SenderOptions {
  readonly writer: EventWriter;
  readonly names: EventNames;
  readonly nameOf: (draft: Draft) => string;
  readonly newWriteId: () => string;
  readonly clock: Clock;
  /** From 0 to 1, exclusive. */
  readonly random: () => number;
  readonly queueLimit: number;
  readonly giveUpAfterMs: number;
  readonly onFailure: (error: ReportError) => void;
  readonly onRetry: (error: Error) => void;
}

/** Occurrences so far; `sent` began an Event, `merged` raised the count of one. */
export interface SenderCounts {
  readonly sent: number;
  readonly merged: number;
  readonly failed: number;
  readonly waiting: number;
  readonly retries: number;
}

/**
 * Turns occurrences into writes: the first of a series at once, the second at once as a series, then its count every 30
 * s; eight writes at a time, paced per object, repeated until the server answers.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #book = new SeriesBook();
  readonly #paces = new BoundedMap<string, TokenBucket>(MOST_SERIES);
  readonly #gate: Gate;
  readonly #abort = new AbortController();
  #ready: Series[] = [];
  #writes = 0;
  #unwritten = 0;
  #isPumping = false;
  #isClosing = false;
  #cancelSweep: (() => void) | undefined;
  #onDrained: (() => void) | undefined;
  #sent = 0;
  #merged = 0;
  #failed = 0;
  #waiting = 0;
  #retries = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#gate = new Gate(options.clock, () => this.#pump());
  }

  get counts(): SenderCounts {
    return {
      sent: this.#sent,
      merged: this.#merged,
      failed: this.#failed,
      waiting: this.#waiting,
      retries: this.#retries,
    };
  }

  /** Takes one occurrence; returns its write handle, or why there is no room for it. */
  add(key: string, draft: Draft): WriteHandle | ReportError {
    const { clock } = this.#options;
    const now = { wall: clock.now(), monotonic: clock.monotonic() };
    let series = this.#book.touch(key);
    if (series === undefined) {
      const full = this.#whyFull();
      if (full !== undefined) return new ReportError("full", `${describeDraft(draft)}: ${full}`);
      series = new Series(
        { key, name: this.#options.nameOf(draft), writeId: this.#options.newWriteId() },
        draft,
        now,
      );
      this.#book.add(series);
      this.#unwritten += 1;
    }
    const fate = series.occur(now);
    this.#waiting += 1;
    if (!series.isScheduled) this.#schedule(series);
    this.#sweepLater();
    return fate;
  }

  /** Writes everything that waits, without pauses; resolves when nothing does. */
  drain(): Promise<void> {
    this.#isClosing = true;
    this.#cancelSweep?.();
    this.#gate.open();
    for (const series of this.#book.values()) {
      const isTimed = this.#stopTimer(series);
      if (series.pending > 0 && (isTimed || !series.isScheduled)) this.#makeReady(series);
    }
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      this.#pumpSoon();
      this.#checkDrained();
    });
  }

  /** Gives up everything that still waits, at once. */
  abandon(): void {
    this.#abort.abort(new Error("the reporter was closed"));
    this.#gate.open();
    this.#ready = [];
    const why = "the reporter was closed before the API server took it";
    for (const series of this.#book.values()) {
      this.#stopTimer(series);
      if (series.pending > 0) this.#fail(series, { failure: "closed", why, upTo: series.beginWrite() });
    }
  }

  #whyFull(): string | undefined {
    const { queueLimit } = this.#options;
    if (this.#unwritten >= queueLimit) return `${queueLimit} Events wait already`;
    if (!this.#book.makeRoom()) return `${MOST_SERIES} series wait already`;
    return undefined;
  }

  #schedule(series: Series): void {
    const isSecond = series.told <= 1;
    const waitMs = series.created && !isSecond ? series.writtenAt + FLUSH_EVERY_MS - this.#now : 0;
    if (waitMs > 0 && !this.#isClosing) this.#readyAfter(series, waitMs);
    else {
      this.#makeReady(series);
      this.#pumpSoon();
    }
  }

  #readyAfter(series: Series, ms: number): void {
    series.cancelTimer = this.#options.clock.after(ms, () => {
      series.cancelTimer = undefined;
      this.#makeReady(series);
      this.#pump();
    });
  }

  /** Whether there was one. */
  #stopTimer(series: Series): boolean {
    const { cancelTimer } = series;
    cancelTimer?.();
    series.cancelTimer = undefined;
    return cancelTimer !== undefined;
  }

  #makeReady(series: Series): void {
    series.readyAt ??= this.#now;
    this.#ready.push(series);
  }

  /** After the caller's own work, so that reports of one go become one write. */
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#writes < MOST_WRITES && !this.#gate.isClosed) {
      const series = this.#ready.shift();
      if (series === undefined) return;
      const waitMs = this.#tokensFor(series);
      if (waitMs > 0) {
        series.readyAt = undefined;
        this.#readyAfter(series, waitMs);
      } else void this.#write(series);
    }
  }

  /** Milliseconds until the pace allows the write; 0 when it has its token. */
  #tokensFor(series: Series): number {
    if (series.hasToken || this.#isClosing) return 0;
    const key = paceKey(series.draft);
    let pace = this.#paces.get(key);
    if (pace === undefined) {
      pace = new TokenBucket(WRITES, this.#now);
      this.#paces.set(key, pace);
    }
    const waitMs = pace.waitMs(this.#now);
    if (waitMs > 0) return waitMs;
    pace.take(1);
    series.hasToken = true;
    return 0;
  }

  /** Never rejects. */
  async #write(series: Series): Promise<void> {
    const upTo = series.beginWrite();
    this.#writes += 1;
    try {
      const event = await this.#options.writer.write(series, upTo, this.#abort.signal);
      if (!this.#abort.signal.aborted) this.#succeed(series, upTo, event);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#decide(series, upTo, error);
    } finally {
      this.#writes -= 1;
      this.#pump();
      this.#checkDrained();
    }
  }

  #succeed(series: Series, upTo: number, event: WrittenEvent): void {
    this.#gate.succeeded();
    const news = upTo - series.told;
    const isNew = !series.created;
    this.#sent += isNew ? 1 : 0;
    this.#merged += isNew ? news - 1 : news;
    if (isNew) this.#unwritten -= 1;
    series.created = true;
    this.#settle(series, upTo);
    for (const fate of series.drainHandles()) fate.settle(event);
    if (series.pending > 0) this.#schedule(series);
  }

  #decide(series: Series, upTo: number, error: unknown): void {
    const verdict = judge(error);
    const cause = error instanceof Error ? error : new Error(errorText(error));
    if (verdict.kind === "final") {
      const { status } = verdict;
      this.#fail(series, { failure: "refused", why: errorText(error), status, upTo, cause });
      return;
    }
    if (this.#isLate(series)) this.#giveUp(series, cause, upTo);
    else {
      this.#retries += 1;
      this.#tell(() => this.#options.onRetry(cause));
      this.#putOff(series, verdict);
    }
    if (verdict.whose === "event") return;
    this.#giveUpLate(cause);
    this.#gate.close(this.#pauseMs(verdict, this.#gate.failures));
  }

  #putOff(series: Series, verdict: Retry): void {
    series.isWriting = false;
    series.failures += 1;
    // During trouble of the server a write keeps its place.
    if (verdict.whose === "server") this.#ready.unshift(series);
    else this.#readyAfter(series, this.#pauseMs(verdict, series.failures - 1));
  }

  /** The server's wish, else exponential with full jitter. */
  #pauseMs({ afterMs }: Retry, failures: number): number {
    const ms = afterMs ?? this.#options.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    return this.#isClosing ? Math.min(ms, LONGEST_RETRY_CLOSING_MS) : ms;
  }

  #isLate(series: Series): boolean {
    return this.#now - (series.readyAt ?? this.#now) >= this.#options.giveUpAfterMs;
  }

  /** Writes behind the gate have no attempts of their own to count. */
  #giveUpLate(cause: Error): void {
    const late = this.#ready.filter((series) => this.#isLate(series));
    if (late.length === 0) return;
    this.#ready = this.#ready.filter((series) => !this.#isLate(series));
    for (const series of late) this.#giveUp(series, cause, series.beginWrite());
  }

  #giveUp(series: Series, cause: Error, upTo: number): void {
    const minutes = Math.round(this.#options.giveUpAfterMs / 60_000);
    const why = `given up after ${minutes} min: ${errorText(cause)}`;
    this.#fail(series, { failure: "gave-up", why, upTo, cause });
  }

  #fail(
    series: Series,
    end: {
      readonly failure: "refused" | "gave-up" | "closed";
      readonly why: string;
      readonly upTo: number;
      readonly status?: number;
      readonly cause?: Error;
    },
  ): void {
    // An Event that was never created fails all its reports, also those made meanwhile.
    const upTo = series.created ? end.upTo : series.beginWrite();
    const occurrences = upTo - series.told;
    this.#failed += occurrences;
    if (!series.created) {
      this.#unwritten -= 1;
      this.#book.remove(series);
    }
    this.#settle(series, upTo);
    const error = new ReportError(end.failure, `${describeDraft(series.draft)}: ${end.why}`, {
      ...end,
      occurrences,
    });
    for (const fate of series.drainHandles()) fate.settle(error);
    this.#tell(() => this.#options.onFailure(error));
    if (series.created && series.pending > 0 && !this.#abort.signal.aborted) this.#schedule(series);
  }

  #settle(series: Series, upTo: number): void {
    this.#waiting -= upTo - series.told;
    series.told = upTo;
    series.writtenAt = this.#now;
    series.isWriting = false;
    series.hasToken = false;
    series.readyAt = undefined;
    series.failures = 0;
  }

  /** Errors of the host's callback are its own. */
  #tell(run: () => void): void {
    try {
      run();
    } catch {
      // There is no remedy here.
    }
  }

  #checkDrained(): void {
    if (this.#waiting > 0) return;
    this.#onDrained?.();
    this.#onDrained = undefined;
  }

  #sweepLater(): void {
    if (this.#isClosing) return;
    this.#cancelSweep ??= this.#options.clock.after(SERIES_WINDOW_MS / 6, () => {
      this.#cancelSweep = undefined;
      this.#book.forgetQuiet(this.#now);
      if (this.#book.size > 0) this.#sweepLater();
    });
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }
}
