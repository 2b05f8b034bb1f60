import type { Observation } from "../event/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { ACTIVITY_BUCKET_MS, type ActivityCount } from "./activity.ts";
import type { AlertPatch } from "./alert-patch.ts";
import { type Changes, NO_CHANGES } from "./changes.ts";
import { CONDITIONS } from "./dispatch/alert-condition.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import type { EngineInput, EngineOptions } from "./engine-input.ts";
import { engineStateFrom } from "./engine-state.ts";
import { joinEntityChanges, type StoredEntity } from "./entity.ts";
import { ListWait } from "./list-wait.ts";
import type { MessageToCome } from "./message-to-come.ts";
import type { News } from "./news.ts";
import type { NotifiedAlert } from "./notification.ts";
import type { EngineObserver } from "./observer.ts";
import { Schedule, type Wait } from "./schedule.ts";
import type { SeenState } from "./seen-state.ts";
import type { AlertState, GroupState } from "./state.ts";
import { Holds } from "./suppression/holds.ts";
import type { SilenceBook } from "./suppression/silence-book.ts";
import { Tracker } from "./tracking/tracker.ts";

/**
 * The alert engine: (state, input, now) → Changes. Tracking turns an input into news of alerts, dispatch turns news
 * into deliveries, decisions and patches, and tracking applies the patches to the alerts. The engine changes its own
 * state in place, and reads no clock, network or disk. The caller commits the Changes before the next input.
 */
export class Engine {
  /** Length of the buckets in which activity is counted, milliseconds. */
  static readonly activityBucketMs = ACTIVITY_BUCKET_MS;
  readonly #observer: EngineObserver;
  readonly #schedule = new Schedule();
  readonly #holds: Holds;
  readonly #tracker: Tracker;
  readonly #dispatcher: Dispatcher;
  readonly #lists: ListWait;

  constructor(options: EngineOptions) {
    const { policy, observer, newId, mostAlerts, asks = false, now } = options;
    const schedule = this.#schedule;
    this.#observer = observer;
    this.#lists = new ListWait(now);
    this.#holds = new Holds(policy);
    const { indexes } = this.#holds;
    this.#tracker = new Tracker({ policy, schedule, indexes, observer, mostAlerts, asks });
    this.#dispatcher = new Dispatcher({
      policy,
      alerts: this.#tracker.alerts,
      facts: this.#tracker.facts,
      holds: this.#holds,
      schedule,
      observer,
      newId,
    });
  }

  /**
   * Goes on from what an earlier engine left in the store. Before the first step; may be called for one part after the
   * other.
   *
   * @param stored Each alert comes with its parts. Each kind is in stored order.
   * @throws {TocsinError} ERR_STORE for a kind or a version that this program does not know.
   */
  load(stored: Iterable<StoredEntity>): void {
    const state = engineStateFrom(stored);
    for (const fingerprint of state.incomplete)
      this.#observer.fault(
        new TocsinError("ERR_STORE", `alert ${fingerprint} is lost: its event is not in the store`),
      );
    this.#holds.load(state);
    this.#tracker.load(state);
    this.#dispatcher.load(state);
  }

  /** Goes on with the stored counts of the newest bucket. Before the first step. */
  loadActivity(counts: readonly ActivityCount[]): void {
    this.#tracker.activity.load(counts);
  }

  /** Handles one input. The caller makes the Changes durable before the next one. */
  step(input: EngineInput, now: number): Changes {
    this.#tracker.facts.forgetLogs(now);
    const listed = this.#lists.take(input, now);
    if (listed !== undefined) this.#schedule.resume(listed);
    if (this.#holds.take(input, { alerts: this.#tracker.alerts, now })) this.#dispatcher.release(now);
    for (const news of this.#tracker.take(input, now)) this.#dispatchSafely(news, now);
    this.#apply(this.#dispatcher.take(input, now), now);
    // Timers that are due now belong to the same commit: without a group wait one of them makes the message.
    this.#runTimers(now);
    const outcomes = input.kind === "outcomes" ? input.outcomes : [];
    return { ...this.#drain(), notedOutcomes: outcomes.map(({ id }) => id) };
  }

  /** The time of the next input `timers`, epoch milliseconds; undefined when no timer runs. */
  nextDueAt(): number | undefined {
    return this.#schedule.next();
  }

  /**
   * Whether an event that no rule matches could change an open alert: it keeps the alert awake, is a counter-event that
   * could end it, or a hint that its objects have changed. The answer may be a wrong yes, never a wrong no.
   */
  awaits(observation: Pick<Observation, "head" | "object" | "message">, couldResolve: boolean): boolean {
    return this.#tracker.awaits(observation, couldResolve);
  }

  /** Whether an object, by its key, is a member or the workload of an alert. */
  isOfAlert(object: string): boolean {
    return this.#tracker.isOfAlert(object);
  }

  /** Whether an alert has this object, by its key, as its workload, so that a new owner could move it. */
  isWorkload(object: string): boolean {
    return this.#tracker.isWorkload(object);
  }

  /** The open alerts, not copied. */
  *alerts(): Iterable<AlertState> {
    for (const alert of this.#tracker.alerts.values()) if (!alert.isTombstone) yield alert;
  }

  /** All answers of `conditionOf`. */
  get conditions(): typeof CONDITIONS {
    return CONDITIONS;
  }

  /** The condition of an open alert now: its phase, or the hold on it. */
  conditionOf(alert: AlertState, now: number): ReturnType<Dispatcher["conditionOf"]> {
    return this.#dispatcher.conditionOf(alert, now);
  }

  /** The news of an open alert that its sinks were not sent yet, and what each of them waits for. */
  messagesToCome(alert: AlertState, now: number): readonly MessageToCome[] {
    return this.#dispatcher.messagesToCome(alert, now);
  }

  /** An open alert as a message would tell it now, without logs. */
  asTold(alert: AlertState, now: number): NotifiedAlert {
    return this.#dispatcher.asTold(alert, now);
  }

  /** The title that a message about an open alert would give it now. */
  titleOf(alert: AlertState, now: number): string {
    return this.#dispatcher.titleOf(alert, now);
  }

  /** The knowledge of the state of the objects of an open alert now; undefined for other alerts. */
  seenState(fingerprint: string, now: number): SeenState | undefined {
    const seen = this.#tracker.seenState(fingerprint, now);
    return seen && { ...seen, checkingUntil: this.#dispatcher.checkingUntil(fingerprint) };
  }

  /** Groups that have alerts, or a sent state. */
  groups(): Iterable<GroupState> {
    return this.#dispatcher.groups();
  }

  /** Silences that are not forgotten, newest first. */
  get silences(): Pick<SilenceBook, "all" | "get" | "isFull"> {
    return this.#holds.silences;
  }

  #runTimers(now: number): void {
    const waitOf = (key: string, dueAt: number): Wait | undefined => this.#waitOf(key, dueAt, now);
    const take = (): string | undefined =>
      this.#schedule.take(now, this.#lists.isOn(now) ? waitOf : undefined);
    for (let key = take(); key !== undefined; key = take()) {
      const news = this.#tracker.runTimer(key, now);
      if (news === undefined) this.#apply(this.#dispatcher.runTimer(key, now), now);
      else for (const each of news) this.#dispatch(each, now);
    }
  }

  /** The wait of a timer for the lists of its clusters. */
  #waitOf(key: string, dueAt: number, now: number): Wait | undefined {
    const cluster = this.#tracker.clusterOf(key);
    const clusters = cluster === undefined ? this.#dispatcher.clustersOf(key) : [cluster];
    return this.#lists.waitOf(clusters, dueAt, now);
  }

  /**
   * Dispatches news, and reports an error as a fault. An error thrown to the caller would stop the bridge, and again
   * after each restart, because the same event would be read again.
   */
  #dispatchSafely(news: News, now: number): void {
    try {
      this.#dispatch(news, now);
    } catch (error) {
      this.#observer.fault(error);
    }
  }

  #dispatch(news: News, now: number): void {
    if (news.kind !== "forwarded") this.#holds.hear(news, { alerts: this.#tracker.alerts, now });
    this.#apply(this.#dispatcher.hear(news, now), now);
  }

  #apply(patches: readonly AlertPatch[], now: number): void {
    if (patches.length > 0) this.#tracker.apply(patches, now);
  }

  #drain(): Changes {
    const { entities: ofDispatch, ...concluded } = this.#dispatcher.drain();
    const entities = joinEntityChanges([this.#tracker.drain(), ofDispatch, this.#holds.drain()]);
    const activity = this.#tracker.activity.drain();
    return { ...NO_CHANGES, ...concluded, entities, activity, inquiries: this.#tracker.facts.drain() };
  }
}
