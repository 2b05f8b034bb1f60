import {
  type Batch,
  isOrderedVersion,
  isSameOrOlder,
  type Observation,
  observe,
  type Position,
} from "../../event/index.ts";
import { toError } from "../../lib/errors.ts";
import type { SourceMessage, SourceStatus } from "../source.ts";
import {
  decideAfter,
  type Decision,
  type ListCause,
  safetyRelistMs,
  type Step,
  type WatchEnd,
} from "./decide.ts";
import { goneText, REFUSED_TEXT, REWOUND_TEXT } from "./gap-texts.ts";
import { fetchPage, LIST_START, type ListPage, restarted } from "./list.ts";
import { RefusalCounter } from "./refusal-counter.ts";
import type { Scope } from "./scope.ts";
import type { SourceContext } from "./source-context.ts";
import { type Beginning, beginningOf, type StartFrom } from "./start-from.ts";
import { StreamHealth } from "./stream-health.ts";
import { TIMING } from "./timing.ts";
import { SHORT_WATCH, type Trouble, troubleOf } from "./trouble.ts";
import { VersionTracker } from "./version-tracker.ts";
import { watch, type WatchEvent } from "./watch.ts";

type Messages<Result> = AsyncGenerator<SourceMessage, Result>;

/** Start of one scope. */
export interface WatcherOptions {
  readonly scope: Scope;
  readonly clusterId: string;
  /** Undefined to begin cold. */
  readonly position: Position | undefined;
  /** For a cold beginning. */
  readonly epoch: number;
  readonly startFrom: StartFrom;
  readonly eventTtlMs: number;
}

/**
 * Follows the Events of one scope, for ever. Its steps (docs/design/events.md#steps-of-the-watch):
 *
 * - `list` reads everything, page by page, and ends in `watch`: at a cold start, when the position is gone or useless,
 *   and every ten minutes as a safety list. A safety list leaves the position where it is, because Events that came and
 *   went in between are only in the history.
 * - `probe` asks whether the server still knows the position, and ends in `watch`, or, when history went backwards,
 *   raises the epoch and ends in `list`.
 * - `watch` reads one watch to its end; then `decideAfter` picks the next step.
 *
 * It works only while the consumer asks for the next message.
 */
export class Watcher {
  readonly #context: SourceContext;
  readonly #options: WatcherOptions;
  readonly #health: StreamHealth;
  readonly #tracker: VersionTracker;
  #epoch: number;
  #coverageStartAt: number;
  /** Of the next list; stays for its restarts. */
  #beginning: Beginning | undefined;
  /** Monotonic, as all times below: when the server last confirmed that its history holds our position. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #listedAt: number;
  /** When a list last moved the position. */
  #movedAt = Number.NEGATIVE_INFINITY;
  #eventsInList = 0;
  readonly #refusals = new RefusalCounter();
  #acked: { readonly version: string; readonly at: number };
  /** Version of the last safety list: a watch that later ends in order has shown everything up to here. */
  #madeSureUpTo: string | undefined;

  constructor(options: WatcherOptions, context: SourceContext) {
    const { position } = options;
    const now = context.clock.monotonic();
    this.#options = options;
    this.#context = context;
    this.#tracker = new VersionTracker(position?.resourceVersion ?? "");
    this.#epoch = position?.epoch ?? options.epoch;
    this.#coverageStartAt = position?.coverageStartAt ?? 0;
    const away = position === undefined ? 0 : context.clock.now() - position.updatedAt;
    this.#health = new StreamHealth(options.scope, context, Math.max(0, away));
    this.#listedAt = now;
    this.#acked = { version: position?.resourceVersion ?? "", at: now };
  }

  /** Runs until `signal` aborts, then returns; may be called once. */
  async *run(signal: AbortSignal): Messages<void> {
    let step: Step = this.#options.position === undefined ? { do: "list", cause: "cold" } : { do: "probe" };
    try {
      while (!signal.aborted) {
        if (step.do === "list") step = yield* this.#list(step.cause, signal);
        else if (step.do === "probe") step = yield* this.#probe(signal);
        else step = yield* this.#watch(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  ack(position: Position): void {
    this.#acked = { version: position.resourceVersion, at: this.#context.clock.monotonic() };
  }

  status(): SourceStatus {
    return { ...this.#health.status(), resourceVersion: this.#acked.version };
  }

  /** Since a commit or the stream last confirmed the position. */
  positionAgeSeconds(): number {
    return (this.#context.clock.monotonic() - Math.max(this.#acked.at, this.#health.heardAt)) / 1000;
  }

  async *#list(cause: ListCause, signal: AbortSignal): Messages<Step> {
    const { client, metrics, log } = this.#context;
    metrics.listed(cause);
    log.debug("listing events", { scope: this.#options.scope.key, cause });
    let cursor = LIST_START;
    let events = 0;
    for (;;) {
      this.#health.state = cause === "cold" ? "cold" : "listing";
      let page: ListPage;
      try {
        page = await fetchPage(client, this.#options.scope.path, { cursor }, signal);
      } catch (error) {
        const trouble = this.#troubleOf(error, signal);
        // 400 may mean a continue token that a newer server no longer reads.
        if (trouble.kind === "gone" || trouble.kind === "rejected") {
          cursor = restarted(cursor);
          events = 0;
        }
        yield* this.#health.waitAfter(trouble, "list", signal);
        // The position is still good, so a safety list must not hold up the watch.
        if (cause === "safety") return this.#postponeList();
        continue;
      }
      // A list is never behind the versions seen before, unless the server's history went backwards since.
      if (cause !== "cold" && cause !== "rewound" && this.#isBehind(page)) return yield* this.#rewind();
      if (cause === "cold") this.#beginAt(page);
      events += page.items.length;
      const isLast = page.continueToken === "";
      if (isLast) this.#listEnded(page, events, cause);
      yield this.#listBatch(page, isLast);
      if (isLast) return { do: "watch" };
      cursor = { ...cursor, continueToken: page.continueToken };
    }
  }

  #postponeList(): Step {
    this.#listedAt = this.#context.clock.monotonic();
    return { do: "probe" };
  }

  #beginAt(page: ListPage): void {
    if (this.#beginning !== undefined) return;
    this.#beginning = beginningOf(this.#options.startFrom, page.date ?? this.#context.clock.now());
    this.#coverageStartAt = this.#beginning.coverageStartAt;
  }

  #listEnded(page: ListPage, events: number, cause: ListCause): void {
    if (cause === "safety") this.#tracker.serverHas(page.resourceVersion);
    else this.#tracker.sawAllUpTo(page.resourceVersion);
    this.#madeSureUpTo = cause === "safety" ? page.resourceVersion : undefined;
    this.#eventsInList = events;
    this.#health.hear();
    this.#listedAt = this.#health.heardAt;
    if (cause !== "safety") this.#movedAt = this.#listedAt;
    this.#confirmedAt = this.#listedAt;
  }

  #listBatch(page: ListPage, isLast: boolean): SourceMessage {
    const historyBefore = this.#beginning?.historyBefore;
    if (isLast) this.#beginning = undefined;
    return {
      kind: "batch",
      batch: {
        observations: page.items.map((item) => observe(item, this.#context.cluster)),
        via: "list",
        position: isLast ? this.#position() : undefined,
        ...this.#batchFields(),
        historyBefore,
        listEnds: isLast,
      },
    };
  }

  async *#probe(signal: AbortSignal): Messages<Step> {
    const { clock } = this.#context;
    let behind = 0;
    for (;;) {
      const trouble = await this.#askWhetherKnown(signal);
      if (trouble === undefined) {
        this.#confirmedAt = clock.monotonic();
        return { do: "watch" };
      }
      if (trouble.kind === "gone" || trouble.kind === "rejected") return { do: "list", cause: trouble.kind };
      if (trouble.kind !== "future") yield* this.#health.waitAfter(trouble, "list", signal);
      else {
        behind += 1;
        this.#context.metrics.failed("future");
        if (behind >= TIMING.probeAttempts) return yield* this.#rewind();
        await clock.sleep(TIMING.probeInterval, signal);
      }
    }
  }

  async #askWhetherKnown(signal: AbortSignal): Promise<Trouble | undefined> {
    const { highest } = this.#tracker;
    try {
      const { path } = this.#options.scope;
      const page = await fetchPage(this.#context.client, path, { notOlderThan: highest }, signal);
      if (!this.#isBehind(page)) return undefined;
      // A server or proxy that does not know the match parameter.
      const error = new Error(`the server is at version ${page.resourceVersion}, behind ${highest}`);
      return { kind: "future", error, retryAfterMs: 0 };
    } catch (error) {
      return this.#troubleOf(error, signal);
    }
  }

  /** Whether the server is behind the highest version seen of it. */
  #isBehind({ resourceVersion }: ListPage): boolean {
    const { highest } = this.#tracker;
    return (
      isOrderedVersion(highest) &&
      isOrderedVersion(resourceVersion) &&
      !isSameOrOlder(highest, resourceVersion)
    );
  }

  /** The server may use versions again for other writes from here on, so a new epoch becomes part of every key. */
  *#rewind(): Generator<SourceMessage, Step> {
    const { log, clock } = this.#context;
    const historyBefore = Math.round(clock.now() - this.#awayMs - TIMING.rewindMargin);
    this.#epoch += 1;
    this.#beginning = { historyBefore, coverageStartAt: historyBefore };
    this.#coverageStartAt = historyBefore;
    log.error("event history of the API server went backwards; listing everything again", {
      scope: this.#options.scope.key,
      epoch: this.#epoch,
      resourceVersion: this.#tracker.highest,
    });
    yield this.#health.gap(REWOUND_TEXT, true);
    return { do: "list", cause: "rewound" };
  }

  async *#watch(signal: AbortSignal): Messages<Step> {
    const { cluster, clock, random, client } = this.#context;
    if (clock.monotonic() - this.#confirmedAt > TIMING.gapAfter) return { do: "probe" };
    // The history is read first, then the safety list finds events that are missing from it.
    if (!this.#health.isInterrupted && this.#isListDue()) return { do: "list", cause: "safety" };
    const highestBefore = this.#tracker.highest;
    this.#tracker.rewindToResume();
    const { shortestWatchSeconds: shortest, longestWatchSeconds: longest } = TIMING;
    const running = watch(
      {
        cluster,
        path: this.#options.scope.path,
        resourceVersion: this.#tracker.resume,
        timeoutSeconds: shortest + Math.floor(random() * (longest - shortest + 1)),
      },
      { client, clock, signal },
    );
    try {
      for (;;) {
        const { done, value } = await running.next();
        if (done === true) {
          if (value.trouble === undefined) yield* this.#cameToItsEnd(value);
          const progressed = !isSameOrOlder(this.#tracker.highest, highestBefore);
          return yield* this.#after(value.trouble, this.#decide(value, progressed), signal);
        }
        this.#health.hear();
        if (value.kind === "accepted") yield* this.#health.accepted();
        else yield* this.#watchBatch(value.events);
      }
    } finally {
      await running.return({ trouble: undefined, livedMs: 0, accepted: false });
    }
  }

  /** A watch that ends in order has shown everything there was. */
  *#cameToItsEnd({ livedMs }: WatchEnd): Generator<SourceMessage, void> {
    if (livedMs < TIMING.shortWatch) return;
    this.#health.hear();
    const upTo = this.#madeSureUpTo;
    if (upTo === undefined) return;
    this.#madeSureUpTo = undefined;
    this.#tracker.shownUpTo(upTo);
    yield this.#watched([]);
  }

  #decide(end: WatchEnd, progressed: boolean): Decision {
    const refusals = this.#refusals.count(end, this.#tracker.resume, progressed);
    return decideAfter(end, { progressed, refusals, sinceListMs: this.#sinceMoveMs });
  }

  get #awayMs(): number {
    return this.#context.clock.monotonic() - this.#health.heardAt;
  }

  get #sinceMoveMs(): number {
    return this.#context.clock.monotonic() - this.#movedAt;
  }

  async *#after(trouble: Trouble | undefined, decision: Decision, signal: AbortSignal): Messages<Step> {
    const step = this.#mayRelist(decision.step);
    if (trouble?.kind === "garbled") this.#health.recordGarbled(trouble.error);
    if (trouble?.kind === "gone") yield this.#health.gap(goneText(this.#awayMs, this.#options.eventTtlMs));
    if (trouble?.kind === "quiet" && this.#health.isLive) yield this.#health.gap(trouble.error.message);
    if (decision.wait !== "none") {
      // Like 410, a watch without an answer to an old position is nothing to warn of.
      const isOld = this.#sinceMoveMs >= TIMING.soonAfterList;
      const isExpected = isOld && (trouble === undefined || trouble.kind === "reset");
      yield* this.#health.waitAfter(trouble ?? SHORT_WATCH, "watch", signal, { isExpected });
    } else if (trouble !== undefined) this.#context.metrics.failed(trouble.kind);
    if (step.do === "list" && FOR_REFUSALS.has(step.cause)) yield this.#health.gap(REFUSED_TEXT);
    return step;
  }

  /** Versions without an order cannot say where the stream stands. */
  #mayRelist(step: Step): Step {
    if (step.do === "list" || isOrderedVersion(this.#tracker.highest)) return step;
    return { do: "list", cause: "unordered" };
  }

  /** A safety list runs between two watches, however the last one ended. */
  #isListDue(): boolean {
    const since = this.#context.clock.monotonic() - this.#listedAt;
    return since >= safetyRelistMs(this.#eventsInList, this.#options.eventTtlMs);
  }

  *#watchBatch(events: readonly WatchEvent[]): Generator<SourceMessage, void> {
    const observations: Observation[] = [];
    const ended: Observation[] = [];
    const before = this.#tracker.resume;
    let bookmarks = 0;
    for (const { type, resourceVersion, observation } of events) {
      if (resourceVersion !== "") {
        if (type === "BOOKMARK") this.#tracker.sawAllUpTo(resourceVersion);
        else this.#tracker.sawEvent(resourceVersion);
      }
      if (type === "BOOKMARK") bookmarks += 1;
      // The end of an Event says nothing about its problem.
      else (type === "DELETED" ? ended : observations).push(observation);
    }
    this.#context.metrics.received(events.length - bookmarks);
    if (observations.length + ended.length === 0 && this.#tracker.resume === before) return;
    yield this.#watched(observations, ended);
  }

  #watched(observations: readonly Observation[], ended: readonly Observation[] = []): SourceMessage {
    return {
      kind: "batch",
      batch: {
        observations,
        ...(ended.length === 0 ? {} : { ended }),
        via: "watch",
        position: this.#position(),
        ...this.#batchFields(),
        historyBefore: undefined,
        listEnds: false,
      },
    };
  }

  #position(): Position {
    return {
      cluster: this.#context.cluster,
      scope: this.#options.scope.key,
      clusterId: this.#options.clusterId,
      epoch: this.#epoch,
      resourceVersion: this.#tracker.resume,
      coverageStartAt: this.#coverageStartAt,
      updatedAt: this.#context.clock.now(),
    };
  }

  #batchFields(): Pick<Batch, "cluster" | "scope" | "epoch" | "coverageStartAt" | "receivedAt"> {
    return {
      cluster: this.#context.cluster,
      scope: this.#options.scope.key,
      epoch: this.#epoch,
      coverageStartAt: this.#coverageStartAt,
      receivedAt: this.#context.clock.now(),
    };
  }

  #troubleOf(error: unknown, signal: AbortSignal): Trouble {
    if (signal.aborted) throw toError(error);
    return troubleOf(toError(error));
  }
}

/** The position is left although the server did not say 410. */
const FOR_REFUSALS: ReadonlySet<ListCause> = new Set(["refused", "server", "garbled"]);
