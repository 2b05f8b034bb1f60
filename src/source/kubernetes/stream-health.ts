import { errorText } from "../../lib/errors.ts";
import type { SourceMessage, SourceStatus } from "../source.ts";
import { Backoff } from "./backoff.ts";
import type { Scope } from "./scope.ts";
import type { SourceContext } from "./source-context.ts";
import { TIMING } from "./timing.ts";
import { type Trouble, troubleText } from "./trouble.ts";

/** The health of one stream: whether it is live, since when it is not, and why. */
export class StreamHealth {
  readonly #scope: Scope;
  readonly #context: SourceContext;
  readonly #backoff: Backoff;
  state: SourceStatus["state"] = "cold";
  #trouble = "";
  #isWarned = false;
  #live = false;
  #isInterrupted = true;
  /** Epoch milliseconds; 0 for never. */
  #lastMessageAt = 0;
  #heardAt: number;
  #garbled: SourceStatus["garbled"];

  /** @param awayMs Milliseconds since this process, or the one before, last followed the stream. */
  constructor(scope: Scope, context: SourceContext, awayMs: number) {
    this.#scope = scope;
    this.#context = context;
    this.#backoff = new Backoff(context.random);
    this.#heardAt = context.clock.monotonic() - awayMs;
  }

  /** Of the monotonic clock: when the stream was last known to be whole. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether the consumer got `live`, and no `gap` since. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Whether requests have failed since the last accepted watch: then the history is not read to its end. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  status(): Omit<SourceStatus, "resourceVersion"> {
    return {
      cluster: this.#context.cluster,
      scope: this.#scope.key,
      state: this.state,
      trouble: this.#trouble,
      lastMessageAt: this.#lastMessageAt,
      ...(this.#garbled === undefined ? {} : { garbled: this.#garbled }),
    };
  }

  /** Records that nothing is missing up to now. */
  hear(): void {
    this.#lastMessageAt = this.#context.clock.now();
    this.#heardAt = this.#context.clock.monotonic();
  }

  /** Records a line that was no event. */
  recordGarbled(error: Error): void {
    this.#garbled = { at: this.#context.clock.now(), error: errorText(error) };
  }

  /** Records an accepted watch: all problems are over. */
  *accepted(): Generator<SourceMessage, void> {
    const { cluster, log, clock } = this.#context;
    const scope = this.#scope.key;
    this.state = "watching";
    if (this.#trouble !== "") log.info("watching again", { scope, after: this.#trouble });
    this.#trouble = "";
    this.#isWarned = false;
    this.#isInterrupted = false;
    if (this.#live) return;
    this.#live = true;
    yield { kind: "live", cluster, scope, at: clock.now() };
  }

  /** Makes the message that nothing is known since the stream was last whole. */
  gap(cause: string, isRewind = false): SourceMessage {
    const { cluster, clock, log } = this.#context;
    const scope = this.#scope.key;
    const at = Math.round(clock.now() - (clock.monotonic() - this.#heardAt));
    this.#live = false;
    log.info("gap in the stream of events", { scope, since: new Date(at).toISOString(), cause });
    return { kind: "gap", cluster, scope, at, cause, ...(isRewind ? { isRewind } : {}) };
  }

  /**
   * Reports a problem, once per change, and waits; when the wait becomes a gap, reports that in time.
   *
   * @param options.isExpected No reason for a warning, unless it stays.
   */
  async *waitAfter(
    trouble: Trouble,
    verb: "list" | "watch",
    signal: AbortSignal,
    options: { readonly isExpected: boolean } = { isExpected: false },
  ): AsyncGenerator<SourceMessage, void> {
    const { clock } = this.#context;
    this.#isInterrupted = true;
    const text = troubleText(trouble, verb, this.#scope);
    this.#context.metrics.failed(trouble.kind);
    this.#say(text, options.isExpected);
    this.state = "waiting";
    const now = clock.monotonic();
    const ms = this.#waitMs(trouble, now);
    const untilGap = Math.max(0, this.#heardAt + TIMING.gapAfter - now);
    if (!this.#live || untilGap > ms) {
      await clock.sleep(ms, signal);
      return;
    }
    await clock.sleep(untilGap, signal);
    yield this.gap(text);
    await clock.sleep(Math.max(0, now + ms - clock.monotonic()), signal);
  }

  #say(trouble: string, isExpected: boolean): void {
    const isNew = trouble !== this.#trouble;
    if (isNew || (!this.#isWarned && !isExpected)) {
      const level = isExpected ? "info" : "warn";
      this.#context.log[level]("cannot follow events; trying again", { scope: this.#scope.key, trouble });
      this.#isWarned = !isExpected;
    }
    this.#trouble = trouble;
  }

  /** Problems that only a person can mend get rare attempts. */
  #waitMs({ kind, retryAfterMs }: Trouble, now: number): number {
    return kind === "forbidden" || kind === "missing"
      ? this.#backoff.longest(now)
      : this.#backoff.next(now, retryAfterMs);
  }
}
