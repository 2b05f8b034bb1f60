import { type Occurrence, objectKey, punctual } from "../event/index.ts";
import type { CompiledForward, CompiledRule } from "../rule/index.ts";
import { type Changes, type NewRecord, NO_CHANGES } from "./changes.ts";
import { SINK_PREFIX } from "./dispatch/digest-book.ts";
import { Dispatcher } from "./dispatch/dispatcher.ts";
import { GROUP_PREFIX } from "./dispatch/group-book.ts";
import type { EngineInput, EngineOptions, LearnedOwner } from "./engine-input.ts";
import { engineStateFrom } from "./engine-state.ts";
import { toEntityChanges } from "./entity-kinds.ts";
import type { ResolvedBy } from "./notification.ts";
import type { EngineObserver } from "./observer.ts";
import type { Policy } from "./policy.ts";
import { Schedule } from "./schedule.ts";
import type { AlertState, GroupState } from "./state.ts";
import { Inhibitor, isNewsAgain } from "./suppression/inhibitor.ts";
import { SilenceBook } from "./suppression/silence-book.ts";
import { isTombstone, REMEMBERED_MS, tombstone } from "./tombstone.ts";
import { AlertBook, MOST_OPEN_ALERTS } from "./tracking/alert-book.ts";
import {
  fingerprintFor,
  isCleared,
  merge,
  openAlert,
  outlivesItsEvent,
  type Opening,
  resolved,
  sourceKey,
  underRule,
  withCounter,
  withOccurrence,
  withoutObject,
  withThreshold,
} from "./tracking/alert.ts";
import { type CounterEvent, countersReachFurther, RecentCounters } from "./tracking/counters.ts";
import { recordsOf } from "./tracking/forward.ts";
import { pinnedSubject, type Subject, subjectOf } from "./tracking/identity.ts";
import { movedTo } from "./tracking/moved.ts";
import { asOverflow, gathering } from "./tracking/overflow.ts";
import { RuleAges } from "./tracking/rule-ages.ts";
import { dueOf, LONGEST_HOLD_MS, REFRESH_STEP_MS } from "./tracking/timing.ts";

const ALERT_PREFIX = "alert:";

/**
 * The alert engine: (state, input, now) → Changes. It changes its own state in place and reads no clock, network or
 * disk; the caller commits the Changes before the next input.
 */
export class Engine {
  readonly #observer: EngineObserver;
  readonly #book = new AlertBook();
  readonly #schedule = new Schedule();
  readonly #dispatcher: Dispatcher;
  readonly #counters = new RecentCounters();
  readonly #ages: RuleAges;
  readonly #silences: SilenceBook;
  readonly #inhibitor: Inhibitor;
  #policy: Policy;
  /** Epoch milliseconds, keyed by the namespace of the stream; "" for one of all namespaces. */
  readonly #liveSince = new Map<string, number>();
  /** Until then timers wait, because a list that is being read may hold the end of what they would report. */
  #heldUntil: number;
  readonly #mostAlerts: number;
  readonly #records: NewRecord[] = [];

  constructor(options: EngineOptions) {
    const { policy, observer, now } = options;
    const state = engineStateFrom(options.stored);
    this.#policy = policy;
    this.#observer = observer;
    this.#mostAlerts = options.mostAlerts ?? MOST_OPEN_ALERTS;
    this.#heldUntil = now + LONGEST_HOLD_MS;
    this.#ages = new RuleAges(state.rules);
    this.#silences = new SilenceBook(state.silences);
    this.#inhibitor = new Inhibitor(policy.inhibit, (fingerprint) => this.#book.get(fingerprint));
    for (const alert of state.alerts) {
      this.#book.load(alert, countersReachFurther(policy.rules.byName.get(alert.rule), alert));
      this.#inhibitor.record(undefined, alert);
    }
    this.#dispatcher = new Dispatcher(policy, state, {
      book: this.#book,
      schedule: this.#schedule,
      observer,
      newId: options.newId,
      put: (alert) => this.#put(alert),
      silenceOf: (alert, at) => this.#silences.holdOf(alert, at),
      inhibitor: this.#inhibitor,
      forget: (alert, at) => this.#forget(alert, at),
    });
    for (const alert of state.alerts) this.#reschedule(alert);
  }

  /** Takes in one input; the Changes must be durable before the next. */
  step(input: EngineInput, now: number): Changes {
    this.#accept(input, now);
    // Whatever is due by now belongs to the same commit: without a group wait that is the message itself.
    this.#runTimers(now);
    const outcomes = input.kind === "outcomes" ? input.outcomes : [];
    return { ...this.#drainChanges(), notedOutcomes: outcomes.map(({ id }) => id) };
  }

  /** When `timers` is to be stepped next, epoch milliseconds; undefined when nothing waits for time. */
  nextDueAt(): number | undefined {
    const next = this.#schedule.next();
    return next === undefined ? undefined : Math.max(next, this.#heldUntil);
  }

  /**
   * Whether an open alert is kept awake by events of this writer about this object.
   *
   * @param object Gives `Kind/namespace/name`; asked only when there is an alert at all.
   */
  awaits(component: string, object: () => string): boolean {
    return this.#book.hasSources && this.#book.hasSource(`${component}|${object()}`);
  }

  /** Open alerts, for people who ask; nothing is copied. */
  *alerts(): Iterable<AlertState> {
    for (const alert of this.#book.values()) if (!isTombstone(alert)) yield alert;
  }

  /** Whether people are told of an open alert now, and if not why, for those who ask. */
  conditionOf(alert: AlertState, now: number): ReturnType<Dispatcher["conditionOf"]> {
    return this.#dispatcher.conditionOf(alert, now);
  }

  /** Groups with something to tell or told, for people who ask. */
  groups(): Iterable<GroupState> {
    return this.#dispatcher.groups();
  }

  /** Silences that are not forgotten, newest first. */
  get silences(): Pick<SilenceBook, "all" | "get" | "isFull"> {
    return this.#silences;
  }

  #accept(input: EngineInput, now: number): void {
    switch (input.kind) {
      case "occurrences":
        this.#adoptBatch(input, now);
        break;
      case "gone":
        for (const object of input.objects) this.#recordDeleted(object, now);
        break;
      case "timers":
        break;
      case "outcomes":
        for (const outcome of input.outcomes) this.#dispatcher.adoptOutcome(outcome);
        break;
      case "live":
        if (input.listsToCome !== true) this.#heldUntil = 0;
        this.#setLive(input.namespace ?? "", now);
        break;
      case "gap":
        this.#setLive(input.namespace ?? "", undefined);
        break;
      case "policy":
        this.#reload(input.policy, now);
        break;
      case "silence":
      case "unsilence":
        this.#changeSilences(input, now);
        break;
    }
  }

  #adoptBatch(batch: EngineInput & { readonly kind: "occurrences" }, now: number): void {
    if (batch.listing) this.#heldUntil = now + LONGEST_HOLD_MS;
    if (this.#silences.annotate(batch.annotated ?? [], now)) this.#dispatcher.release(now);
    for (const learned of batch.learned) this.#rekey(learned, now);
    for (const occurrence of batch.occurrences) this.#trackSafely(occurrence, now);
  }

  /** One bad event stops nothing else: it would be read again after a restart, and stop that too. */
  #trackSafely(occurrence: Occurrence, now: number): void {
    try {
      this.#track(occurrence, now);
    } catch (error) {
      this.#observer.fault(error);
    }
  }

  #track(seen: Occurrence, now: number): void {
    const occurrence = punctual(seen);
    const { event } = occurrence;
    const { rules, forwards } = this.#policy;
    const subject = subjectOf(occurrence);
    const counter = rules.couldCounter(event) ? { ...subject, via: occurrence.via } : undefined;
    if (counter !== undefined) this.#counters.remember(counter);
    if (occurrence.delta === 0) return;
    if (!occurrence.history) {
      const wanted = forwards
        .match(event)
        .filter((forward) => this.#ages.concerns(`forward:${forward.name}`, occurrence));
      if (wanted.length > 0) this.#forward(occurrence, wanted);
    }
    if (counter !== undefined) this.#applyCounter(counter, now);
    if (rules.droppedBy(event) !== undefined) {
      this.#observer.suppressed("drop", occurrence.delta);
      return;
    }
    this.#refresh(subject, occurrence, now);
    for (const rule of rules.match(event)) {
      if (this.#ages.concerns(rule.name, occurrence)) this.#feed(rule, subject, occurrence, now);
    }
  }

  #forward(occurrence: Occurrence, wanted: readonly CompiledForward[]): void {
    const { cluster, sinks } = this.#policy;
    const deltaFor = ({ name }: CompiledForward): number =>
      this.#ages.deltaFor(`forward:${name}`, occurrence);
    this.#records.push(...recordsOf(occurrence, wanted, { cluster, sinks, deltaFor }));
  }

  /** An occurrence of a rule: opens its alert or adds to it, and lets it fire when it is time. */
  #feed(rule: CompiledRule, whole: Subject, occurrence: Occurrence, now: number): void {
    const subject = pinnedSubject(whole, (workload) => this.#isPinned(rule.name, whole.namespace, workload));
    const row = this.#policy.rules.reasonRow(subject.event);
    const delta = this.#ages.deltaFor(rule.name, occurrence);
    if (occurrence.history && !outlivesItsEvent(rule, row)) {
      this.#observer.suppressed("cold_start", delta);
      return;
    }
    this.#observer.occurrences(rule.name, delta);
    const onTextError = (): void => this.#observer.ruleError(rule.name, "opening");
    const opening = { row, policy: this.#policy, now, onTextError };
    const known =
      this.#openAt(fingerprintFor(rule, subject, opening)) ?? this.#gathered(rule, subject, opening);
    if (known === undefined) this.#observer.transition(rule.name, "pending");
    let alert = withOccurrence(known ?? openAlert(rule, subject, opening), rule, subject, {
      occurrence,
      delta,
      now,
    });
    const newer = this.#counters.newerThan(subject.event, occurrence.via);
    // They arrived before this: only times can tell which members they are about.
    for (const counter of newer) alert = withCounter(alert, rule, { ...counter, via: "list" });
    this.#put(alert);
    // A sink of another group may have been told of the end that is taken back here.
    if (known?.phase === "resolved" || isNewsAgain(alert)) this.#dispatcher.touch(alert, now);
    if (isCleared(alert)) this.#end(alert, { how: "event", reason: newer.at(-1)?.event.reason ?? "" }, now);
    else this.#advance(alert, rule, now);
  }

  /** What a rule gathers when no more alerts can be tracked; undefined while they can. */
  #gathered(rule: CompiledRule, subject: Subject, opening: Opening): AlertState | undefined {
    if (this.#book.size < this.#mostAlerts) return undefined;
    const known = this.#openAt(fingerprintFor(gathering(rule), subject, opening));
    if (known === undefined) this.#observer.transition(rule.name, "pending");
    return known ?? asOverflow(openAlert(gathering(rule), subject, opening));
  }

  /** What is over, and was kept only as a cause, is forgotten for its successor. */
  #openAt(fingerprint: string): AlertState | undefined {
    const known = this.#book.get(fingerprint);
    if (known === undefined || !isTombstone(known)) return known;
    this.#drop(known);
    return undefined;
  }

  #advance(alert: AlertState, rule: CompiledRule, now: number): void {
    const met = withThreshold(alert, rule, now);
    if (met.phase === "pending" && met.metAt !== undefined && rule.forMs === 0) this.#fire(met, now);
    else this.#put(met);
  }

  #fire(alert: AlertState, now: number): void {
    this.#observer.transition(alert.rule, "firing");
    this.#dispatcher.join({ ...alert, phase: "firing", firedAt: now }, now);
  }

  #applyCounter(counter: CounterEvent, now: number): void {
    const near = this.#book.ofObject(objectKey(counter.event));
    const far = this.#book.farReaching();
    const alerts = far.length === 0 ? near : new Set([...near, ...far]);
    for (const alert of alerts) {
      if (alert.phase === "resolved") continue;
      const after = withCounter(alert, this.#policy.rules.byName.get(alert.rule), counter);
      if (after === alert) continue;
      this.#put(after);
      if (isCleared(after)) this.#end(after, { how: "event", reason: counter.event.reason }, now);
    }
  }

  /** What is gone has no problem any more; what merely happened to it happened all the same. */
  #recordDeleted(object: string, now: number): void {
    for (const alert of this.#book.ofObject(object)) {
      if (alert.phase === "resolved" || alert.lifecycle === "point") continue;
      const after = withoutObject(alert, object, now);
      if (after === alert) continue;
      this.#put(after);
      if (isCleared(after)) this.#end(after, { how: "deleted", reason: "" }, now);
    }
  }

  /** Any event of the same writer about the same object keeps an alert awake: they share one spam filter. */
  #refresh(subject: Subject, occurrence: Occurrence, now: number): void {
    for (const alert of this.#book.ofSource(sourceKey(occurrence.event.source.component, subject))) {
      if (alert.phase === "resolved" || alert.quietMs === undefined) continue;
      const step = Math.min(REFRESH_STEP_MS, alert.quietMs / 4);
      if (now - alert.activeAt < step) continue;
      const counter = { ...subject, via: occurrence.via };
      if (withCounter(alert, this.#policy.rules.byName.get(alert.rule), counter) !== alert) continue;
      this.#put({ ...alert, activeAt: now });
    }
  }

  /** The end of what an alert is about, whatever its phase. */
  #end(alert: AlertState, by: ResolvedBy, now: number): void {
    if (alert.phase === "pending") {
      this.#dispatcher.end(alert, now, "cleared_before_notice");
      return;
    }
    this.#observer.transition(alert.rule, "resolved");
    const ended = resolved(alert, by, now);
    this.#put(ended);
    this.#releaseTargets(ended, now + REMEMBERED_MS);
    const firing = (): readonly AlertState[] => this.#book.all().filter(({ phase }) => phase === "firing");
    this.#silences.onEnd(ended, firing, now);
    // The dedup horizon of a point is over: nobody is told, nothing was open.
    if (alert.lifecycle === "point" && by.how === "max-age") this.#dispatcher.leave(ended, now, "repeat");
    else this.#dispatcher.end(ended, now, "cleared_before_notice");
  }

  /** What an alert holds back is looked at when it has been over for long enough. */
  #releaseTargets(cause: AlertState, until: number): void {
    for (const target of this.#inhibitor.targetsOf(cause)) {
      const { inhibited } = target;
      if (inhibited === undefined) continue;
      const soonest = Math.min(inhibited.until ?? Infinity, until);
      this.#put({ ...target, inhibited: { ...inhibited, until: soonest } });
      this.#dispatcher.lookAt(target, until);
    }
  }

  #runTimers(now: number): void {
    if (now < this.#heldUntil) return;
    for (let key = this.#schedule.take(now); key !== undefined; key = this.#schedule.take(now)) {
      if (key.startsWith(GROUP_PREFIX)) this.#dispatcher.flush(key.slice(GROUP_PREFIX.length), now);
      else if (key.startsWith(SINK_PREFIX)) this.#dispatcher.tellDigest(key.slice(SINK_PREFIX.length), now);
      else this.#runAlertTimer(key.slice(ALERT_PREFIX.length), now);
    }
  }

  #runAlertTimer(fingerprint: string, now: number): void {
    const alert = this.#book.get(fingerprint);
    if (alert === undefined) return;
    const due = this.#dueOf(alert);
    if (due?.what === "forget" && isTombstone(alert) && due.at <= now) return this.#drop(alert);
    if (due === undefined) return;
    if (due.at > now) this.#reschedule(alert);
    else if (due.what === "resolve") this.#end(alert, { how: due.how, reason: "" }, now);
    else if (due.what === "fire") this.#fire(alert, now);
    else this.#dispatcher.end(alert, now, "threshold");
  }

  /** An owner has become known: alerts nobody was told of yet move to the workload they belong to. */
  #rekey({ object, owners }: LearnedOwner, now: number): void {
    const [kind = "", namespace = "", name = ""] = object.split("/");
    const workload = owners.at(-1) ?? "";
    for (const alert of this.#book.ofWorkload(namespace, `${kind}/${name}`)) {
      const rule = this.#policy.rules.byName.get(alert.rule);
      if (rule === undefined || isTombstone(alert) || this.#dispatcher.isTold(alert)) continue;
      const moved = movedTo(alert, rule, {
        cluster: this.#policy.cluster,
        from: `${kind}/${name}`,
        workload,
      });
      this.#dispatcher.drop(alert, now);
      const other = this.#openAt(moved.fingerprint);
      const merged = other === undefined ? moved : merge(other, moved);
      this.#put(merged);
      if (merged.phase === "pending") this.#advance(merged, rule, now);
      else this.#dispatcher.join(merged, now, merged.firedAt);
    }
  }

  #isPinned(rule: string, namespace: string, workload: string): boolean {
    return this.#book
      .ofWorkload(namespace, workload)
      .some((alert) => alert.rule === rule && this.#dispatcher.isTold(alert));
  }

  #changeSilences(input: EngineInput & { readonly kind: "silence" | "unsilence" }, now: number): void {
    this.#silences.sweep(now);
    if (input.kind === "silence") this.#silences.put(input.silence);
    else this.#silences.expire(input.id, now);
    this.#dispatcher.release(now);
  }

  #setLive(namespace: string, since: number | undefined): void {
    if (since !== undefined && this.#liveSince.has(namespace)) return;
    if (since === undefined) this.#liveSince.delete(namespace);
    else this.#liveSince.set(namespace, since);
    for (const alert of this.#book.all()) this.#reschedule(alert);
  }

  #reload(policy: Policy, now: number): void {
    this.#policy = policy;
    this.#ages.update(policy, now);
    this.#silences.configure(policy.silences);
    this.#inhibitor.configure(policy.inhibit, this.#book.all());
    for (const alert of this.#book.all()) {
      if (isTombstone(alert)) continue;
      const rule = policy.rules.byName.get(alert.rule);
      if (rule === undefined) this.#endRemoved(alert, now);
      else if (rule.version !== alert.ruleVersion) this.#adapt(alert, rule, now);
    }
    this.#dispatcher.reroute(policy, now);
  }

  #endRemoved(alert: AlertState, now: number): void {
    if (alert.phase === "firing") this.#end(alert, { how: "rule-removed", reason: "" }, now);
    else if (alert.phase === "pending") this.#dispatcher.end(alert, now, "threshold");
  }

  /** An alert whose rule has changed: what it has seen may now be enough. */
  #adapt(alert: AlertState, rule: CompiledRule, now: number): void {
    const row = this.#policy.rules.reasonRow(alert.event);
    const onTextError = (): void => this.#observer.ruleError(rule.name, "opening");
    const adapted = underRule(alert, rule, { row, policy: this.#policy, now, onTextError });
    this.#put(adapted);
    if (adapted.severity !== alert.severity) this.#dispatcher.touch(adapted, now);
    if (adapted.phase === "pending") this.#advance(adapted, rule, now);
  }

  #put(alert: AlertState): void {
    const before = this.#book.get(alert.fingerprint);
    this.#book.put(alert, countersReachFurther(this.#policy.rules.byName.get(alert.rule), alert));
    this.#inhibitor.record(before, alert);
    this.#reschedule(alert);
  }

  /** Nobody needs the alert any more, but what it held back may. */
  #forget(alert: AlertState, now: number): void {
    const lingers = alert.phase === "resolved" && this.#inhibitor.lingers(alert);
    if (alert.phase !== "resolved") this.#releaseTargets(alert, now);
    this.#drop(alert);
    if (lingers) this.#put(tombstone(alert));
  }

  #drop(alert: AlertState): void {
    if (!isTombstone(alert)) this.#observer.transition(alert.rule, "forgotten");
    this.#book.forget(alert);
    this.#inhibitor.record(alert, undefined);
    this.#schedule.set(ALERT_PREFIX + alert.fingerprint, undefined);
  }

  #reschedule(alert: AlertState): void {
    this.#schedule.set(ALERT_PREFIX + alert.fingerprint, this.#dueOf(alert)?.at);
  }

  #dueOf(alert: AlertState): ReturnType<typeof dueOf> {
    if (isTombstone(alert)) return { at: (alert.resolvedAt ?? 0) + REMEMBERED_MS, what: "forget" };
    const rule = this.#policy.rules.byName.get(alert.rule);
    const timing = { forMs: rule?.forMs ?? 0, withinMs: rule?.threshold.withinMs ?? 0 };
    const liveSince = this.#liveSince.get("") ?? this.#liveSince.get(alert.event.namespace);
    const due = dueOf(alert, timing, { liveSince });
    if (due?.what !== "resolve") return due;
    // Silence ends nothing that somebody is about to be told of.
    const lookAt = this.#dispatcher.firstLookAt(alert);
    return lookAt === undefined ? due : { ...due, at: Math.max(due.at, lookAt + 1) };
  }

  #drainChanges(): Changes {
    const records = this.#records.splice(0);
    const { group, load, deliveries, decisions } = this.#dispatcher.drainChanges();
    const alert = this.#book.drainChanges();
    const silence = this.#silences.drainChanges();
    const rule = { put: this.#ages.drainChanges(), forget: [] };
    const entities = toEntityChanges({ alert, group, load, rule, silence });
    return { ...NO_CHANGES, deliveries, decisions, records, entities };
  }
}
