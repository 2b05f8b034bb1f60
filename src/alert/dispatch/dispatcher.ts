import type { AlertPatch } from "../alert-patch.ts";
import type { AlertReader } from "../alert-reader.ts";
import type { Changes, DeliveryOutcome, NewDelivery, NewRecord } from "../changes.ts";
import type { EndedAlert, LateNews } from "../ended-alert.ts";
import type { EngineInput, EngineState } from "../engine-input.ts";
import { joinEntityChanges } from "../entity.ts";
import { streamOf } from "../kept-alert.ts";
import type { MessageToCome } from "../message-to-come.ts";
import type { News } from "../news.ts";
import type { NotifiedAlert } from "../notification.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy } from "../policy.ts";
import { RouteTable } from "../routing/route-table.ts";
import type { Schedule } from "../schedule.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import type { Holds } from "../suppression/holds.ts";
import { REMEMBERED_MS } from "../tombstone.ts";
import { adoptRetry } from "./adopt-retry.ts";
import { type AlertCondition, conditionOf } from "./alert-condition.ts";
import { asTold, titleAsTold } from "./as-told.ts";
import { carryOver } from "./carry-over.ts";
import { DecisionLog } from "./decision-log.ts";
import { DigestBook } from "./digest-book.ts";
import { flushDigest } from "./digest-flush.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { touchEnd } from "./end-timing.ts";
import { forwardRecords } from "./forward-records.ts";
import { Gate } from "./gate.ts";
import { GroupBook } from "./group-book.ts";
import { flushGroup } from "./group-flush.ts";
import { keepHeard } from "./heard.ts";
import { keepEnded } from "./keep-ended.ts";
import { leave, leaveGroups, recordMissed, unsentReason } from "./leave.ts";
import {
  freeConsequences,
  isHeardOf,
  join,
  recordCause,
  releaseConsequences,
  sync,
  touch,
} from "./membership.ts";
import { messagesToCome } from "./messages-to-come.ts";
import { newsToCome } from "./news-to-come.ts";
import { PatchedAlerts } from "./patched-alerts.ts";
import { afterAcceptance, sentTo } from "./sent-state.ts";
import { WaveBook } from "./wave-book.ts";
import { flushWave } from "./wave-flush.ts";

/** The collaborators of a dispatcher. */
export interface DispatcherOptions {
  readonly policy: Policy;
  /** The dispatcher only reads alerts; it changes them by patches. */
  readonly alerts: AlertReader;
  readonly facts: DispatchContext["facts"];
  readonly holds: Holds;
  readonly schedule: Schedule;
  readonly observer: EngineObserver;
  readonly newId: () => string;
}

/**
 * Turns news of alerts into deliveries, decisions, and patches of alerts. It decides which alerts are sent together, to
 * which sinks and when, and keeps the last message to each sink. It uses rules only for the texts of messages.
 */
export class Dispatcher {
  readonly #alerts: PatchedAlerts;
  readonly #facts: DispatchContext["facts"];
  readonly #groups: GroupBook;
  readonly #digests: DigestBook;
  readonly #waves: WaveBook;
  readonly #gate: Gate;
  readonly #decisions: DecisionLog;
  readonly #holds: Holds;
  readonly #observer: EngineObserver;
  readonly #newId: () => string;
  #policy: Policy;
  #routes: RouteTable;
  readonly #outbox: NewDelivery[] = [];
  readonly #records: NewRecord[] = [];
  readonly #ended: EndedAlert[] = [];
  readonly #lateNews: LateNews[] = [];

  constructor(options: DispatcherOptions) {
    const { policy, schedule, observer } = options;
    this.#policy = policy;
    this.#routes = new RouteTable(policy);
    this.#facts = options.facts;
    this.#holds = options.holds;
    this.#observer = observer;
    this.#newId = options.newId;
    this.#alerts = new PatchedAlerts(options.alerts);
    this.#decisions = new DecisionLog(this.#alerts, observer);
    this.#groups = new GroupBook(schedule, (key) => this.#alerts.countOfGroup(key) > 0);
    this.#digests = new DigestBook(schedule);
    this.#waves = new WaveBook(schedule);
    this.#gate = new Gate(schedule, options.facts);
  }

  /** Adds groups and loads that the store already has. */
  load({ groups, loads }: Pick<EngineState, "groups" | "loads">): void {
    this.#groups.load(groups);
    this.#digests.load(loads, groups);
    this.#waves.load(groups);
  }

  /** Handles news of an alert or an occurrence. @returns Patches to apply before the next news. */
  hear(news: News, now: number): readonly AlertPatch[] {
    const context = this.#at(now);
    switch (news.kind) {
      case "fired":
        join(context, news.alert, news.alert.firedAt ?? now);
        recordCause(context, news.alert);
        break;
      case "again":
      case "fires-again":
      case "heard-again":
      case "severity-changed":
        touch(context, news.alert);
        break;
      case "raised":
        if (!this.#reroute(context, news.alert)) touch(context, news.alert);
        break;
      case "ended":
        this.#end(context, news.alert);
        break;
      case "expired":
        this.#expire(context, news.alert);
        break;
      case "dismissed":
        releaseConsequences(context, news.alert);
        this.#decisions.recordUnsent(news.alert, news.reason, now);
        keepEnded(context, news.ended, news.reason);
        break;
      case "moved":
        this.#move(context, news);
        break;
      case "forwarded":
        this.#records.push(...forwardRecords(news, this.#policy));
        break;
    }
    return this.#alerts.drain();
  }

  /** Handles outcomes of deliveries and a new policy. @returns Patches to apply before the next news. */
  take(input: EngineInput, now: number): readonly AlertPatch[] {
    if (input.kind === "facts") this.#gate.hear(input.facts, now);
    else if (input.kind === "outcomes")
      for (const outcome of input.outcomes) this.#adoptOutcome(this.#at(now), outcome);
    else if (input.kind === "policy") this.#adoptPolicy(input.policy, now);
    return this.#alerts.drain();
  }

  /**
   * Runs the timer of a group, of a wave, or of the digest of a sink.
   *
   * @param key Its key in the schedule.
   * @returns As for `hear`.
   */
  runTimer(key: string, now: number): readonly AlertPatch[] {
    const context = this.#at(now);
    const group = GroupBook.groupIn(key);
    const sink = DigestBook.sinkIn(key);
    const waitedMs = this.#passGate(context, key);
    if (waitedMs === undefined) return this.#alerts.drain();
    const passed = { ...context, waitedMs };
    if (group !== undefined) flushGroup(passed, group);
    else if (WaveBook.has(key)) flushWave(passed, key);
    else if (sink !== undefined) flushDigest(passed, sink);
    return this.#alerts.drain();
  }

  /**
   * Lets the messages of this timer wait for the state of objects.
   *
   * @returns How long they have waited, milliseconds; undefined when they have to, and the timer is due again soon.
   */
  #passGate(context: DispatchContext, key: string): number | undefined {
    if (this.#gate.isOpen) return 0;
    const groups = this.#contentOf(key).groups.flatMap((each) => this.#groups.get(each) ?? []);
    const sink = DigestBook.sinkIn(key) ?? this.#waves.contentOf(key)?.sink;
    const news = newsToCome(context, groups, sink);
    const waitedMs = this.#gate.pass(key, news, context.now);
    for (const alert of news) sync(context, alert);
    return waitedMs;
  }

  /** The clusters of the alerts that the timer of this key could send. @param key As for `runTimer`. */
  clustersOf(key: string): ReadonlySet<string> {
    const { groups, missed } = this.#contentOf(key);
    return new Set([
      ...groups.flatMap((each) => this.#alerts.ofGroup(each).map((alert) => streamOf(alert).cluster)),
      ...missed.map(({ alert }) => alert.labels["cluster"] ?? ""),
    ]);
  }

  /** The content that the timer of this key could send: keys of groups, and alerts that came and went. */
  #contentOf(key: string): ReturnType<DigestBook["contentOf"]> {
    const group = GroupBook.groupIn(key);
    const sink = DigestBook.sinkIn(key);
    if (sink !== undefined) return this.#digests.contentOf(sink);
    const groups = group === undefined ? (this.#waves.contentOf(key)?.groups ?? []) : [group];
    return { groups, missed: [] };
  }

  /** Flushes every group that held alerts back, because a hold may have ended. */
  release(now: number): void {
    for (const group of this.#groups.all()) {
      if (group.held !== undefined) this.#groups.put({ ...group, flushAt: now });
    }
  }

  /** Groups that have alerts, or a sent state. */
  *groups(): Iterable<GroupState> {
    for (const group of this.#groups.all()) if (!this.#groups.isEmpty(group)) yield group;
  }

  /** When the messages about an alert stop to wait for the state of objects; undefined when none waits. */
  checkingUntil(fingerprint: string): number | undefined {
    return this.#gate.untilOf(fingerprint);
  }

  /** The condition of an alert now. Changes nothing. */
  conditionOf(alert: AlertState, now: number): AlertCondition {
    return conditionOf(this.#at(now), alert);
  }

  /** The news of an alert that its sinks were not sent yet. Changes nothing. */
  messagesToCome(alert: AlertState, now: number): readonly MessageToCome[] {
    return messagesToCome(this.#at(now), alert);
  }

  /** An open alert as a message would tell it now. Changes nothing. */
  asTold(alert: AlertState, now: number): NotifiedAlert {
    return asTold(this.#at(now), alert);
  }

  /** The title of it alone. */
  titleOf(alert: AlertState, now: number): string {
    return titleAsTold(this.#at(now), alert);
  }

  /** The changes since the last call, each key once. */
  drain(): Pick<Changes, "deliveries" | "decisions" | "records" | "entities" | "ended" | "lateNews"> {
    return {
      deliveries: this.#outbox.splice(0),
      decisions: this.#decisions.drainDecisions(),
      records: this.#records.splice(0),
      ended: this.#ended.splice(0),
      lateNews: this.#lateNews.splice(0),
      entities: joinEntityChanges([this.#groups.drain(), this.#digests.drain()]),
    };
  }

  /** Ends an alert: sinks that were sent it get its end with the next flush of their group. An unsent alert leaves. */
  #end(context: DispatchContext, alert: AlertState): void {
    const isHeard = isHeardOf(context, alert);
    if (isHeard) freeConsequences(context, alert, context.now + REMEMBERED_MS);
    else releaseConsequences(context, alert);
    recordMissed(context, alert);
    if (alert.isTold) return touchEnd(context, alert);
    leave(context, alert, unsentReason(alert), isHeard);
  }

  #expire(context: DispatchContext, alert: AlertState): void {
    freeConsequences(context, alert, context.now + REMEMBERED_MS);
    recordMissed(context, alert);
    leave(context, alert, "repeat", alert.isTold);
  }

  #move(context: DispatchContext, { from, alert }: Extract<News, { readonly kind: "moved" }>): void {
    releaseConsequences(context, from);
    leaveGroups(context, from);
    if (alert.phase === "firing") join(context, alert, alert.firedAt ?? context.now);
  }

  /**
   * Records which alerts a receiver accepted. A receiver that never got the first message gets the next news as a first
   * message.
   */
  #adoptOutcome(context: DispatchContext, outcome: DeliveryOutcome): void {
    if (outcome.kind === "digest") return this.#adoptDigest(outcome);
    const { groupKey, id, sink } = outcome;
    const group = this.#groups.get(groupKey);
    const told = group && sentTo(group, sink);
    if (group === undefined) return;
    if (told === undefined) {
      if (outcome.outcome === "delivered") adoptRetry(context, group, outcome);
    } else if (outcome.outcome === "delivered") {
      this.#putSent(group, told, { ...afterAcceptance(told, outcome), accepted: true });
    } else if (outcome.outcome !== "superseded" && !told.accepted && told.deliveryId === id) {
      const others = group.told.filter((entry) => entry !== told);
      keepHeard(context, group, others);
      this.#groups.put({ ...group, told: others });
      for (const fingerprint of Object.keys(told.firing)) sync(context, { fingerprint });
    }
  }

  /** Records an accepted digest in every group that is in it. For none of them does it count as the first message. */
  #adoptDigest(outcome: DeliveryOutcome): void {
    if (outcome.outcome !== "delivered") return;
    for (const group of this.#groups.all()) {
      const told = sentTo(group, outcome.sink);
      if (told?.inDigest === true) this.#putSent(group, told, afterAcceptance(told, outcome));
    }
  }

  #putSent(group: GroupState, told: SentState, next: SentState): void {
    if (next.accepted === told.accepted && next.firing === told.firing) return;
    this.#groups.put({ ...group, told: group.told.map((entry) => (entry === told ? next : entry)) });
  }

  /**
   * Moves alerts to the groups that a new policy gives them. The sinks of their old groups are sent that they moved.
   */
  #adoptPolicy(policy: Policy, now: number): void {
    this.#policy = policy;
    this.#routes = new RouteTable(policy);
    this.#digests.configure(policy.sinks);
    const context = this.#at(now);
    for (const alert of this.#alerts.all()) {
      if (alert.phase === "firing") this.#reroute(context, alert);
    }
  }

  /** Moves an alert to the groups that its routes give it now. @returns Whether they are others. */
  #reroute(context: DispatchContext, alert: AlertState): boolean {
    const before = alert.destinations;
    const after = this.#routes.destinationsOf(alert).map(({ groupKey, sinks }) => ({ groupKey, sinks }));
    if (JSON.stringify(before) === JSON.stringify(after) || carryOver(context, alert)) return false;
    join(context, alert, context.now);
    for (const { groupKey } of before) {
      const group = this.#groups.get(groupKey);
      if (group !== undefined) this.#groups.put({ ...group, moved: true, flushAt: context.now });
    }
    return true;
  }

  #at(now: number): DispatchContext {
    return {
      alerts: this.#alerts,
      facts: this.#facts,
      groups: this.#groups,
      digests: this.#digests,
      waves: this.#waves,
      gate: this.#gate,
      decisions: this.#decisions,
      outbox: this.#outbox,
      ended: this.#ended,
      lateNews: this.#lateNews,
      holds: this.#holds,
      policy: this.#policy,
      routes: this.#routes,
      observer: this.#observer,
      newId: this.#newId,
      waitedMs: 0,
      now,
    };
  }
}
