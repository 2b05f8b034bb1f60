import type { Observation } from "../../event/index.ts";
import type { AlertPatch } from "../alert-patch.ts";
import type { AlertIndex, AlertReader } from "../alert-reader.ts";
import type { EngineInput, EngineState } from "../engine-input.ts";
import { type EntityChanges, joinEntityChanges } from "../entity.ts";
import { FactBook } from "../facts/fact-book.ts";
import { askAbout } from "../facts/objects-to-ask.ts";
import { seenStateOf } from "../facts/seen-state.ts";
import { changed, streamOf } from "../kept-alert.ts";
import type { AlertNews, News } from "../news.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy } from "../policy.ts";
import type { Schedule } from "../schedule.ts";
import { tombstone } from "../tombstone.ts";
import { AbsenceBook } from "./absence-book.ts";
import { ActivityBook } from "./activity-book.ts";
import { adoptOwner } from "./adopt-owner.ts";
import { adoptPolicy } from "./adopt-policy.ts";
import { AlertBook, MOST_OPEN_ALERTS } from "./alert-book.ts";
import { AlertTimers } from "./alert-timers.ts";
import { sourceKey } from "./alert.ts";
import { concludeEnd } from "./conclude-end.ts";
import { RecentCounters } from "./counters.ts";
import { EndChecks } from "./end-checks.ts";
import { FarReachingAlerts } from "./far-reaching-alerts.ts";
import { judgeAlerts } from "./judge-alerts.ts";
import { dismiss, fire, forget } from "./lifecycle.ts";
import { PastEnds } from "./past-ends.ts";
import { recordDeleted } from "./record-deleted.ts";
import { RuleAges } from "./rule-ages.ts";
import { StateWatch } from "./state-watch.ts";
import { isHintFor } from "./take-hint.ts";
import { followRules, pauseWaits, resumeWaits, runWait } from "./track-absence.ts";
import { trackOccurrence } from "./track-occurrence.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";
import { WorkloadNames } from "./workload-names.ts";

/** An answer of this age needs no look; milliseconds. */
const WATCHED_MS = 5000;

/** The collaborators of a tracker. */
export interface TrackerOptions {
  readonly policy: Policy;
  readonly schedule: Schedule;
  /** The tracker keeps them up to date with the alerts. */
  readonly indexes: readonly AlertIndex[];
  readonly observer: EngineObserver;
  /** Alerts that are tracked one by one; 100,000 by default. */
  readonly mostAlerts: number | undefined;
  /** Whether somebody answers inquiries. */
  readonly asks: boolean;
}

/**
 * Tracks alerts: it turns occurrences, deleted objects, owners, timers and policies into news. It knows no group and no
 * sink; dispatch patches the few facts about them into the alerts.
 */
export class Tracker {
  readonly #book: AlertBook;
  readonly #timers: AlertTimers;
  readonly #farReaching: FarReachingAlerts;
  readonly #ages: RuleAges;
  readonly #facts: FactBook;
  readonly #watch: StateWatch;
  readonly #names: WorkloadNames;
  readonly #checks = new EndChecks();
  readonly #past = new PastEnds();
  readonly #activity = new ActivityBook();
  readonly #absences: AbsenceBook;
  readonly #counters = new RecentCounters();
  readonly #observer: EngineObserver;
  readonly #mostAlerts: number;
  #policy: Policy;

  constructor(options: TrackerOptions) {
    const { policy, schedule, indexes } = options;
    this.#policy = policy;
    this.#observer = options.observer;
    this.#mostAlerts = options.mostAlerts ?? MOST_OPEN_ALERTS;
    this.#ages = new RuleAges();
    this.#timers = new AlertTimers(schedule, policy.rules);
    this.#farReaching = new FarReachingAlerts(policy.rules);
    this.#facts = new FactBook({ asks: options.asks, isOfAlert: (object) => this.isOfAlert(object) });
    this.#absences = new AbsenceBook(schedule, (stream) => this.#timers.liveSinceOf(stream));
    this.#watch = new StateWatch(schedule, options.asks);
    this.#names = new WorkloadNames(options.asks);
    const own = [this.#farReaching, this.#timers, this.#facts, this.#watch, this.#names, this.#checks];
    this.#book = new AlertBook([...indexes, ...own]);
  }

  /** Adds alerts and rules that the store already has. */
  load({
    alerts,
    rules,
    absences,
    ...past
  }: Pick<EngineState, "alerts" | "rules" | "absences" | "pastEnds" | "comings">): void {
    this.#absences.load(absences);
    this.#past.load(past);
    for (const alert of alerts) this.#book.load(alert);
    this.#ages.load(rules);
  }

  /** The counts of activity. */
  get activity(): Pick<ActivityBook, "load" | "drain"> {
    return this.#activity;
  }

  /** All alerts that are not forgotten. */
  get alerts(): AlertReader {
    return this.#book;
  }

  /** The known state of the objects of alerts, and the inquiries about it. */
  get facts(): FactBook {
    return this.#facts;
  }

  /** The knowledge of the state of the objects of an open alert; undefined for other alerts. */
  seenState(fingerprint: string, now: number): ReturnType<typeof seenStateOf> | undefined {
    const alert = this.alerts.get(fingerprint);
    return alert === undefined || alert.isTombstone ? undefined : seenStateOf(alert, benchOf(this.#at(now)));
  }

  /** See `Engine.awaits`. */
  awaits(observation: Pick<Observation, "head" | "object" | "message">, couldResolve: boolean): boolean {
    if (this.#book.size === 0) return false;
    const { head, object } = observation;
    const place = { cluster: head.cluster, namespace: head.eventNamespace };
    if (couldResolve && (this.#book.hasObject(object) || this.#farReaching.has(place))) return true;
    const isAbout = (): boolean => this.#book.ofSource(sourceKey(head.component, object)).length > 0;
    if (this.#book.hasSourceAbout(object) && isAbout()) return true;
    return this.#facts.asks && isHintFor({ book: this.#book, names: this.#names }, observation);
  }

  /** See `Engine.isOfAlert`. */
  isOfAlert(object: string): boolean {
    return this.#book.hasObject(object) || this.isWorkload(object);
  }

  /** See `Engine.isWorkload`. */
  isWorkload(object: string): boolean {
    return this.#book.hasWorkload(object);
  }

  /**
   * Handles an input. The caller dispatches each news and applies its patches before it asks for the next one, so that
   * alerts that are over have left the book by then.
   */
  *take(input: EngineInput, now: number): Iterable<News> {
    switch (input.kind) {
      case "occurrences":
        yield* this.#trackBatch(input, this.#at(now));
        break;
      case "gone":
        for (const object of input.objects) yield* recordDeleted(this.#at(now), object);
        break;
      case "live":
        this.#timers.setLive(input, now, this.#book.values());
        resumeWaits(this.#at(now), input);
        break;
      case "gap":
        pauseWaits(this.#at(now), input);
        this.#timers.setLive(input, undefined, this.#book.values());
        break;
      case "facts":
        this.#facts.take(input.facts);
        yield* judgeAlerts(this.#at(now), input.facts);
        break;
      case "policy":
        this.#configure(input.policy, now);
        yield* adoptPolicy(this.#at(now));
        followRules(this.#at(now));
        break;
      case "timers":
      case "outcomes":
      case "silence":
      case "unsilence":
        break;
    }
  }

  /** The cluster of the alert whose timer has this key; undefined when it is not the key of an alert in the book. */
  clusterOf(key: string): string | undefined {
    const alert = this.#book.get(AlertTimers.fingerprintIn(key) ?? "");
    return alert && streamOf(alert).cluster;
  }

  /**
   * Runs the timer of an alert, or that of the looks at all of them.
   *
   * @param key Its key in the schedule.
   * @returns Undefined when it is a key of others.
   */
  runTimer(key: string, now: number): readonly AlertNews[] | undefined {
    if (StateWatch.isKey(key)) return this.#lookAround(now);
    const absent = AbsenceBook.fingerprintIn(key);
    if (absent !== undefined) return [...runWait(this.#at(now), absent)];
    const fingerprint = AlertTimers.fingerprintIn(key);
    if (fingerprint === undefined) return undefined;
    const alert = this.#book.get(fingerprint);
    const due = alert && this.#timers.dueOf(alert);
    if (alert === undefined || due === undefined) return [];
    const context = this.#at(now);
    if (due.at > now) this.#timers.reschedule(alert);
    else if (due.what === "resolve") return concludeEnd(context, alert);
    else if (due.what === "fire") return [fire(context, alert)];
    else if (alert.isTombstone) forget(context, alert);
    else return [dismiss(context, alert, "threshold")];
    return [];
  }

  /** Applies the patches of dispatch. */
  apply(patches: readonly AlertPatch[], now: number): void {
    for (const { fingerprint, leaves, ...patch } of patches) {
      const alert = this.#book.get(fingerprint);
      if (alert === undefined) continue;
      if (leaves === undefined) this.#book.put(changed(alert, patch));
      else forget(this.#at(now), alert);
      if (leaves === "remembered") this.#book.put(tombstone(alert));
    }
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    const own = [this.#book, this.#ages, this.#absences, this.#past];
    return joinEntityChanges(own.map((part) => part.drain()));
  }

  *#trackBatch(
    { learned, occurrences }: EngineInput & { readonly kind: "occurrences" },
    context: TrackingContext,
  ): Iterable<News> {
    for (const each of learned) yield* adoptOwner(context, each);
    for (const occurrence of occurrences) {
      // An error thrown to the caller would stop the bridge, and again after each restart: the event would be read
      // again.
      try {
        yield* trackOccurrence(context, occurrence);
      } catch (error) {
        this.#observer.fault(error);
      }
    }
  }

  #lookAround(now: number): readonly AlertNews[] {
    const bench = benchOf(this.#at(now));
    this.#watch.run(now, (fingerprint) => {
      const alert = this.#book.get(fingerprint);
      if (alert === undefined) return { asked: 0, firedAt: now };
      const asked = askAbout(alert, { bench, purpose: "watch", freshMs: WATCHED_MS });
      return { asked, firedAt: alert.firedAt ?? now };
    });
    return [];
  }

  #configure(policy: Policy, now: number): void {
    this.#policy = policy;
    this.#ages.update(policy, now);
    this.#timers.configure(policy.rules);
    this.#farReaching.configure(policy.rules);
  }

  #at(now: number): TrackingContext {
    return {
      book: this.#book,
      counters: this.#counters,
      farReaching: this.#farReaching,
      ages: this.#ages,
      timers: this.#timers,
      facts: this.#facts,
      watch: this.#watch,
      names: this.#names,
      checks: this.#checks,
      past: this.#past,
      absences: this.#absences,
      activity: this.#activity,
      observer: this.#observer,
      mostAlerts: this.#mostAlerts,
      policy: this.#policy,
      now,
    };
  }
}
