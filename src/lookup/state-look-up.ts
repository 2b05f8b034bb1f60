import type { Fact, Inquiry } from "../alert/index.ts";
import { ObjectKey } from "../event/index.ts";
import type { ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { Counter, Metrics } from "../lib/metrics.ts";
import type { InspectedKind } from "../object/index.ts";
import { figuresOf } from "./figures-of.ts";
import { FreshAnswers, type Known } from "./fresh-answers.ts";
import { InquiryQueue, type Waiting } from "./inquiry-queue.ts";
import { createQueueGauges, lookUpCounter, type LookUpOutcome } from "./look-up-metrics.ts";
import type { LookUpPace } from "./look-up-pace.ts";
import { LookUpPauses } from "./look-up-pauses.ts";
import type { LookUpStatus } from "./look-up-status.ts";
import { type ObjectPlace, placeOf } from "./object-place.ts";
import { type Answer, readState } from "./state-reader.ts";
import { TroubleLog } from "./trouble-log.ts";
import { WatchIntervals } from "./watch-intervals.ts";

/** Requests at once; the client has eight sockets, and lists of Events need some of them. */
const MOST_AT_ONCE = 4;

/** Inquiries that wait at most. */
const MOST_WAITING = 20_000;

/** Collaborators of state look-ups. */
export interface StateLookUpOptions {
  /** The name of the cluster: objects of other clusters are not looked up. */
  readonly cluster: string;
  /** The only namespaces with look-ups; empty for all of them. */
  readonly namespaces: readonly string[];
  /** Kinds beside the built-in ones, as configured now. */
  readonly inspected: () => readonly InspectedKind[];
  readonly client: Pick<ApiClient, "getJson">;
  /** Hears of each object of a built-in kind that was read, with the whole answer. */
  readonly onRead?: (object: string, body: unknown) => void;
  /** Shared with the other look-ups. */
  readonly pace: LookUpPace;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Asked extends Waiting {
  readonly place: ObjectPlace;
  /** On the monotonic clock. */
  readonly since: number;
  readonly listeners: ((known: Known) => void)[];
}

/**
 * Answers inquiries about the state of objects, within a budget of requests. Nothing waits for it: answers come when
 * they come. It never throws.
 */
export class StateLookUp {
  readonly #options: StateLookUpOptions;
  readonly #queue = new InquiryQueue<Asked>(MOST_WAITING);
  readonly #running = new Set<Asked>();
  readonly #fresh: FreshAnswers;
  readonly #pauses = new LookUpPauses();
  readonly #trouble: TroubleLog;
  readonly #counter: Counter<"resource" | "outcome">;
  readonly #intervals: WatchIntervals;
  readonly #closing = new AbortController();
  #cancelTurn: (() => void) | undefined;

  constructor(options: StateLookUpOptions) {
    const { clock, log, metrics } = options;
    this.#options = options;
    this.#fresh = new FreshAnswers(clock);
    this.#trouble = new TroubleLog(log);
    this.#counter = lookUpCounter(metrics);
    this.#intervals = new WatchIntervals(metrics);
    createQueueGauges(metrics, () => figuresOf(this.#queue.all(), clock.monotonic()));
  }

  /** @param onFact Called once for each inquiry, in any order, also before `ask` returns; never after `close`. */
  ask(inquiries: readonly Inquiry[], onFact: (fact: Fact) => void): void {
    for (const inquiry of inquiries) {
      const { object } = inquiry;
      this.#intervals.record(inquiry, this.#options.clock.monotonic());
      this.#askOne(inquiry, ({ at, found }) => {
        if (!this.#closing.signal.aborted) onFact({ object, at, found });
      });
    }
    this.#startRequests();
  }

  /** The kinds that can be read, the use of the requests, and the inquiries that wait. */
  status(): LookUpStatus {
    const { clock, pace } = this.#options;
    const now = clock.monotonic();
    const figures = Object.values(figuresOf(this.#queue.all(), now));
    return {
      kinds: this.#pauses.kinds(now),
      ...pace.use(now),
      waiting: figures.reduce((sum, { waiting }) => sum + waiting, 0),
      oldestMs: Math.max(...figures.map(({ oldestMs }) => oldestMs)),
    };
  }

  /** Ends all requests, and answers nothing any more. */
  close(): void {
    this.#closing.abort(new Error("stopping"));
    this.#cancelTurn?.();
    this.#queue.clear();
    this.#fresh.clear();
  }

  #askOne({ object, apiVersion, purpose }: Inquiry, listener: (known: Known) => void): void {
    const { cluster, namespaces, inspected, clock } = this.#options;
    const key = ObjectKey.parse(object);
    const reach = { namespaces, inspected: inspected() };
    const place = key.cluster === cluster ? placeOf(key, apiVersion, reach) : undefined;
    if (place === undefined) return listener(this.#unknown());
    const { path, home: namespace } = place;
    const isUrgent = purpose === "tell" || purpose === "end";
    const fresh = isUrgent ? this.#fresh.get(path) : undefined;
    if (fresh !== undefined) return listener(fresh);
    // A hint says that something has changed, perhaps after the running request was answered.
    const running = purpose === "hint" ? undefined : [...this.#running].find((each) => each.path === path);
    const known = running ?? this.#queue.get(path);
    if (known !== undefined) {
      known.listeners.push(listener);
      return this.#queue.raise(known, purpose);
    }
    const asked = { path, namespace, purpose, place, since: clock.monotonic(), listeners: [listener] };
    if (this.#pauses.isPaused(place, clock.monotonic())) return this.#skip(asked);
    if (this.#queue.isFull) {
      const other = this.#queue.takeBelow(purpose);
      if (other === undefined) return this.#skip(asked);
      this.#skip(other);
    }
    this.#queue.add(asked);
  }

  #startRequests(): void {
    const { clock, pace } = this.#options;
    while (!this.#closing.signal.aborted && this.#running.size < MOST_AT_ONCE) {
      const purpose = this.#queue.nextPurpose;
      if (purpose === undefined) return;
      const now = clock.monotonic();
      const waitMs = pace.waitMs(purpose, now);
      if (waitMs > 0) return this.#awaitTurn(waitMs);
      const asked = this.#queue.take();
      if (asked === undefined) return;
      if (this.#pauses.isPaused(asked.place, now)) this.#skip(asked);
      else void this.#request(asked);
    }
  }

  #awaitTurn(waitMs: number): void {
    this.#cancelTurn?.();
    this.#cancelTurn = this.#options.clock.after(waitMs, () => {
      this.#cancelTurn = undefined;
      this.#startRequests();
    });
  }

  async #request(asked: Asked): Promise<void> {
    const { client, clock, pace } = this.#options;
    const [at, startedAt] = [clock.now(), clock.monotonic()];
    pace.take(asked.purpose);
    this.#running.add(asked);
    const answer = await readState(asked.place, { client, signal: this.#closing.signal });
    if (this.#closing.signal.aborted) return;
    this.#running.delete(asked);
    const found = this.#evaluate(asked.place, answer, startedAt);
    if (found !== "unknown") this.#fresh.set(asked.path, { at, found });
    this.#answer(asked, { at, found }, answer.outcome);
    this.#startRequests();
  }

  #evaluate(place: ObjectPlace, answer: Answer, startedAt: number): Fact["found"] {
    const { cluster, clock, onRead } = this.#options;
    if (answer.outcome === "found" || answer.outcome === "gone") {
      this.#pauses.recordAnswer(place);
      this.#trouble.recordAnswer(place);
      if (answer.outcome === "gone") return "gone";
      if (place.isBuiltIn) onRead?.(ObjectKey.format({ cluster, ...place }), answer.body);
      return answer.state;
    }
    this.#pauses.recordNoAnswer(place, answer, { startedAt, now: clock.monotonic() });
    this.#trouble.recordNoAnswer(place, answer);
    return "unknown";
  }

  #skip(asked: Asked): void {
    this.#answer(asked, this.#unknown(), "skipped");
  }

  #answer({ place: { resource }, listeners }: Asked, known: Known, outcome: LookUpOutcome): void {
    this.#counter.inc({ resource, outcome });
    for (const listener of listeners) listener(known);
  }

  #unknown(): Known {
    return { at: this.#options.clock.now(), found: "unknown" };
  }
}
