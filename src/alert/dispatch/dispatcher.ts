import { type Severity, worstOf } from "../../lib/severity.ts";
import type { Changes, DeliveryOutcome } from "../changes.ts";
import type { EngineState } from "../engine-input.ts";
import type { KindChanges } from "../entity.ts";
import type { Hold, Inhibition } from "../hold.ts";
import type { NotifyReason } from "../notification.ts";
import type { EngineObserver, Suppression } from "../observer.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import type { Route } from "../route.ts";
import { destinationsOf, type RoutedDestination } from "../routing/destinations.ts";
import { LONGEST_REPEAT_MS, timerFor } from "../routing/route-timers.ts";
import { routesByName } from "../routing/routes-by-name.ts";
import type { Schedule } from "../schedule.ts";
import type { DigestCause, SinkLoad } from "../sink-load.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import type { Inhibitor } from "../suppression/inhibitor.ts";
import { muteOf } from "../suppression/mute.ts";
import type { AlertBook } from "../tracking/alert-book.ts";
import { type AlertCondition, alertCondition } from "./alert-condition.ts";
import { Announcer, type Telling } from "./announcer.ts";
import { decide, isSevereEnough, newsOf, nextRepeatAt, type View, viewOf } from "./decide.ts";
import { DecisionLog } from "./decision-log.ts";
import { DigestBook } from "./digest-book.ts";
import { afterEnd, isFlapping, settledAt, withoutOld } from "./flapping.ts";
import { GroupBook } from "./group-book.ts";
import { SinkDispatch } from "./sink-dispatch.ts";

/** What the dispatcher works with; the engine owns all of it. */
export interface DispatcherDeps {
  readonly book: AlertBook;
  readonly schedule: Schedule;
  readonly observer: EngineObserver;
  readonly newId: () => string;
  /** Replaces an alert in the book. */
  readonly put: (alert: AlertState) => void;
  /** What silences an alert now. */
  readonly silenceOf: (alert: AlertState, now: number) => Hold | undefined;
  readonly inhibitor: Pick<Inhibitor, "holdOf" | "targetsOf">;
  /** Forgets an alert that nobody needs any more. */
  readonly forget: (alert: AlertState, now: number) => void;
}

/**
 * Groups: which alerts are told together, to whom, when, and what each sink was last told.
 * A group is looked at when something changed (`flushAt`) or when a repeat is due; what is then said is `decide`'s.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #decisionLog: DecisionLog;
  readonly #announcer: Announcer;
  readonly #groups: GroupBook;
  readonly #digests: DigestBook;
  readonly #sinkDispatch: SinkDispatch;
  #policy: Policy;
  #routes: ReadonlyMap<string, Route>;

  constructor(policy: Policy, state: Pick<EngineState, "groups" | "loads">, parts: DispatcherDeps) {
    const { groups, loads } = state;
    this.#policy = policy;
    this.#routes = routesByName(policy);
    this.#deps = parts;
    this.#decisionLog = new DecisionLog(parts);
    this.#announcer = new Announcer(policy, { ...parts, decisionLog: this.#decisionLog });
    this.#groups = new GroupBook(groups, parts.schedule, (key) => parts.book.hasGroup(key));
    this.#digests = new DigestBook(loads, groups, parts.schedule);
    this.#sinkDispatch = new SinkDispatch({
      announcer: this.#announcer,
      decisionLog: this.#decisionLog,
      digests: this.#digests,
      repeatInterval: (group, alerts) =>
        this.#repeatInterval(group, worstOf(alerts.map(({ severity }) => severity))),
      consequencesOf: (alerts) => this.#consequencesOf(alerts),
    });
  }

  /** Groups with something to tell or told. */
  *groups(): Iterable<GroupState> {
    for (const group of this.#groups.all()) if (!this.#groups.isEmpty(group)) yield group;
  }

  conditionOf(alert: AlertState, now: number): AlertCondition {
    const { inhibitor, silenceOf } = this.#deps;
    const groups = this.#groupsOf(alert).map(({ route, flapping = false }) => {
      const hours = this.#routes.get(route);
      return { isMuted: hours !== undefined && muteOf(hours, now) !== undefined, isFlapping: flapping };
    });
    const isInhibited = inhibitor.holdOf(alert, now) !== undefined;
    return alertCondition(alert, { isInhibited, isSilenced: silenceOf(alert, now) !== undefined }, groups);
  }

  /** Whether any sink was told that this alert fires, and not yet of its end. */
  isTold(alert: AlertState): boolean {
    return alert.destinations.some(({ groupKey }) =>
      this.#groups.get(groupKey)?.told.some((told) => told.firing[alert.fingerprint] !== undefined),
    );
  }

  /** When the first message about an alert is to be made; undefined when it was made, or something holds it back. */
  firstLookAt(alert: AlertState): number | undefined {
    if (this.isTold(alert)) return undefined;
    const looks = this.#groupsOf(alert).flatMap(({ held, flushAt }) =>
      held === undefined ? (flushAt ?? []) : [],
    );
    return looks.length === 0 ? undefined : Math.max(...looks);
  }

  /** The alert fires: it joins its groups, which then wait for company. @param since When it began to. */
  join(alert: AlertState, now: number, since = now): AlertState {
    const destinations = this.#destinationsOf(alert).map(({ route, sinks, groupKey, labels }) => {
      const group = this.#groups.get(groupKey) ?? emptyGroup(groupKey, route.name, labels);
      const flushAt = flushTime(group, route, alert, since);
      this.#groups.put({ ...group, flushAt });
      // The group's own text, so that all its alerts share one.
      return { groupKey: group.key, sinks };
    });
    const joined = { ...alert, destinations };
    this.#deps.put(joined);
    return joined;
  }

  /** The alert has ended: whoever was told of it is told so, the others forget it. */
  end(alert: AlertState, now: number, untold: Suppression): void {
    if (this.isTold(alert)) this.touch(alert, now);
    else this.leave(alert, now, untold);
  }

  /** The alert leaves everything without a word; what no decision has accounted for is held back for this reason. */
  leave(alert: AlertState, now: number, reason: Suppression): void {
    if (!this.isTold(alert)) this.#recordMissed(alert, now);
    this.#leave(alert, now, reason);
  }

  #leave(alert: AlertState, now: number, reason: Suppression): void {
    if (alert.destinations.length === 0) this.#decisionLog.recordUnsent(alert, reason, now);
    for (const { groupKey, sinks } of alert.destinations) {
      for (const name of sinks) {
        const sink = this.#policy.sinks.get(name);
        const isTooMild = sink !== undefined && !isSevereEnough(alert, sink);
        this.#decisionLog.recordHeldBack(
          alert,
          { groupKey, sink: name, now },
          isTooMild ? "min_severity" : reason,
        );
      }
    }
    this.drop(alert, now);
  }

  /** An alert that no sink was told of is over: those that were to hear of it later do so in their digest. */
  #recordMissed(alert: AlertState, now: number): void {
    for (const { groupKey, sinks } of alert.destinations) {
      const group = this.#groups.get(groupKey);
      if (group === undefined) continue;
      for (const name of sinks) {
        const sink = this.#policy.sinks.get(name);
        const cause = group.waiting?.[name] ?? (group.held === "mute" ? "mute" : undefined);
        if (sink === undefined || cause === undefined || !isSevereEnough(alert, sink)) continue;
        const route = this.#routes.get(group.route);
        const mutedUntil = cause === "mute" && route !== undefined ? muteOf(route, now)?.until : undefined;
        const missed = this.#announcer.describe(alert, group, now);
        this.#digests.miss(name, { alert: missed, cause, tellAt: mutedUntil ?? now });
      }
    }
  }

  /** There is news of the alert: its groups are looked at when their timers allow. */
  touch(alert: AlertState, now: number): void {
    for (const group of this.#groupsOf(alert)) this.#touchGroup(group, alert, now);
  }

  /** The alert's groups are looked at then at the latest. */
  lookAt(alert: AlertState, at: number): void {
    for (const group of this.#groupsOf(alert)) {
      this.#groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, at) });
    }
  }

  /** The alert vanishes, because its occurrences belong to another one. */
  drop(alert: AlertState, now: number): void {
    this.#deps.forget(alert, now);
    for (const { groupKey } of alert.destinations) this.#groups.removeFrom(groupKey, alert.fingerprint);
  }

  /** Looks at a due group and tells each sink what there is to tell. */
  flush(key: string, now: number): void {
    const known = this.#groups.get(key);
    if (known === undefined) return;
    const group = withoutOld(known, now);
    const alerts = this.#deps.book.ofGroup(group.key);
    const told: SentState[] = [];
    const waiting: Record<string, DigestCause> = {};
    const holds: Hold[] = [];
    const inhibited = new Map<AlertState, Inhibition | undefined>();
    for (const name of sinksOf(group, alerts)) {
      const sink = this.#policy.sinks.get(name);
      if (sink === undefined) continue;
      const telling = { group, sink, told: toldTo(group, name), now };
      const view = this.#viewOf(telling, alerts);
      const after = this.#sinkDispatch.tell(telling, view);
      holds.push(...view.held.values());
      for (const alert of view.firing) inhibited.set(alert, undefined);
      for (const [alert, hold] of view.held) inhibited.set(alert, hold.inhibition);
      if (after.waits !== undefined) waiting[name] = after.waits;
      if (after.told !== undefined)
        told.push(this.#withRepeatToCome(group, after.told, [...view.held.values()], now));
    }
    this.#recordInhibited(inhibited);
    const flushed = {
      ...group,
      ...pastOf(group, told, now),
      told: [...told],
      waiting: Object.keys(waiting).length === 0 ? undefined : waiting,
      flushAt: lookAgainAt(holds),
      moved: false,
      held: holds[0]?.reason,
    };
    this.#groups.put(flushed);
    this.#lookAtOwed(flushed, alerts, now);
    for (const { fingerprint } of alerts) {
      const alert = this.#deps.book.get(fingerprint);
      if (alert?.phase !== "resolved" || this.isTold(alert)) continue;
      const wasTold = group.told.some(({ firing }) => firing[fingerprint] !== undefined);
      if (!wasTold) this.#recordMissed(alert, now);
      this.#leave(alert, now, "cleared_before_notice");
    }
    this.#groups.forgetIfEmpty(key);
  }

  /** Tells a sink in one message what has been waiting for it; the news of a single group goes as it would have gone. */
  tellDigest(name: string, now: number): void {
    const { keys, missed, missedOmitted } = this.#digests.drain(name, now);
    const sink = this.#policy.sinks.get(name);
    if (sink === undefined) return;
    const waiting = keys.flatMap((key) => this.#waitingNews(key, sink, now) ?? []);
    const [first] = waiting;
    const isDigest = waiting.length > 1 || missed.length + missedOmitted > 0;
    if (first !== undefined && !isDigest) {
      const { telling, view } = first;
      this.#putTold(telling, this.#sinkDispatch.announce(telling, view, decideLate(first)));
    }
    if (!isDigest) return;
    const isMute = [...waiting, ...missed].some(({ cause }) => cause === "mute");
    const deliveryId = this.#announcer.announceDigest(sink, now, {
      cause: isMute ? "mute" : "storm",
      alerts: waiting.flatMap(({ news }) => news),
      missed,
      missedOmitted,
    });
    for (const { telling, view, cause, news } of waiting)
      this.#putTold(telling, this.#sinkDispatch.recordDigest(telling, view, { deliveryId, cause, news }));
  }

  /** What one sink is still to hear of a group that waits for its digest; the group waits no longer. */
  #waitingNews(key: string, sink: SinkPolicy, now: number): WaitingNews | undefined {
    const known = this.#groups.get(key);
    const cause = known?.waiting?.[sink.name];
    if (known === undefined || cause === undefined) return undefined;
    const rest = Object.entries(known.waiting ?? {}).filter(([name]) => name !== sink.name);
    const group = { ...known, waiting: rest.length === 0 ? undefined : Object.fromEntries(rest) };
    this.#groups.put(group);
    const telling = { group, sink, told: toldTo(group, sink.name), now };
    const view = this.#viewOf(telling, this.#deps.book.ofGroup(group.key));
    const news = newsOf(view, telling.told);
    return news.length === 0 ? undefined : { telling, view, cause, news };
  }

  /** Of one group a sink may be told twice in one digest's time, so the newest state is looked up. */
  #putTold({ group, sink }: Telling, told: SentState): void {
    const current = this.#groups.get(group.key) ?? group;
    const others = current.told.filter((entry) => entry.sink !== sink.name);
    const flapping = current.told.length === 0 ? isFlapping(current, told.lastAt) : current.flapping;
    this.#groups.put({ ...current, told: [...others, told], flapping });
  }

  #viewOf({ group, sink, told, now }: Telling, alerts: readonly AlertState[]): View {
    return viewOf(group, alerts, { sink, told, holdOf: (alert) => this.#holdOf(alert, group, now) });
  }

  /** Takes in how deliveries ended. A receiver that never got the first message is told anew when there is news. */
  adoptOutcome(outcome: DeliveryOutcome): void {
    const group = this.#groups.get(outcome.groupKey);
    const told = group && toldTo(group, outcome.sink);
    if (group === undefined || told === undefined) return;
    if (outcome.outcome === "delivered" && !told.accepted) {
      this.#groups.put({ ...group, told: replaceTold(group.told, { ...told, accepted: true }) });
    }
    const isLost = outcome.outcome === "dead" || outcome.outcome === "expired";
    if (isLost && !told.accepted && told.deliveryId === outcome.id) {
      this.#groups.put({ ...group, told: group.told.filter((entry) => entry !== told) });
    }
  }

  /** What holds news back has changed: it is looked at again. */
  release(now: number): void {
    for (const group of this.#groups.all()) {
      if (group.held !== undefined) this.#groups.put({ ...group, flushAt: now });
    }
  }

  /** A reload: alerts that now belong elsewhere join there and leave their old groups, which are told so. */
  reroute(policy: Policy, now: number): void {
    this.#policy = policy;
    this.#routes = routesByName(policy);
    this.#announcer.configure(policy);
    this.#digests.configure(policy.sinks);
    this.release(now);
    for (const alert of this.#deps.book.all()) {
      if (alert.phase !== "firing") continue;
      const before = alert.destinations;
      const after = this.#destinationsOf(alert).map(({ groupKey, sinks }) => ({ groupKey, sinks }));
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      this.join(alert, now);
      for (const { groupKey } of before) {
        const group = this.#groups.get(groupKey);
        if (group === undefined) continue;
        this.#groups.put({ ...group, moved: true, flushAt: now });
      }
    }
  }

  /** Everything since the last call, each key once. */
  drainChanges(): Pick<Changes, "deliveries" | "decisions"> & {
    readonly group: KindChanges<GroupState>;
    readonly load: KindChanges<SinkLoad>;
  } {
    return {
      group: this.#groups.drainChanges(),
      load: this.#digests.drainChanges(),
      deliveries: this.#announcer.drainDeliveries(),
      decisions: this.#decisionLog.drainDecisions(),
    };
  }

  #destinationsOf(alert: AlertState): readonly RoutedDestination[] {
    return destinationsOf(this.#policy, alert, this.#policy.rules.byName.get(alert.rule));
  }

  #holdOf(alert: AlertState, group: GroupState, now: number): Hold | undefined {
    const inhibited = this.#deps.inhibitor.holdOf(alert, now);
    if (inhibited !== undefined) return inhibited;
    const route = this.#routes.get(group.route);
    const mute = route === undefined ? undefined : muteOf(route, now);
    return mute ?? this.#deps.silenceOf(alert, now);
  }

  /** Keeps with the alerts what holds them back now, so that its end finds them. */
  #recordInhibited(inhibited: ReadonlyMap<AlertState, Inhibition | undefined>): void {
    for (const [{ fingerprint }, inhibition] of inhibited) {
      const alert = this.#deps.book.get(fingerprint);
      if (alert === undefined || JSON.stringify(alert.inhibited) === JSON.stringify(inhibition)) continue;
      this.#deps.put({ ...alert, inhibited: inhibition });
    }
  }

  /** Alerts, of any group, of which nobody is told because of these. */
  #consequencesOf(causes: readonly AlertState[]): readonly AlertState[] {
    return causes
      .flatMap((alert) => this.#deps.inhibitor.targetsOf(alert))
      .filter((alert) => alert.phase === "firing" && !this.isTold(alert));
  }

  #repeatInterval(group: GroupState, severity: Severity): number {
    const route = this.#routes.get(group.route);
    return route === undefined ? LONGEST_REPEAT_MS : timerFor(route.repeatInterval, severity);
  }

  /** Points have no repeat, and what is held back has none now: their timer moves on all the same. */
  #withRepeatToCome(group: GroupState, told: SentState, holds: readonly Hold[], now: number): SentState {
    if (told.repeatAt > now) return told;
    const again = lookAgainAt(holds);
    if (again !== undefined) return { ...told, repeatAt: again };
    const severity = worstOf(Object.values(told.firing).map((entry) => entry.severity));
    return { ...told, repeatAt: nextRepeatAt(now, this.#repeatInterval(group, severity), told.repeats) };
  }

  #touchGroup(group: GroupState, alert: AlertState, now: number): void {
    const route = this.#routes.get(group.route);
    this.#groups.put({ ...group, flushAt: route === undefined ? now : flushTime(group, route, alert, now) });
  }

  /** Ends that are not told yet are looked at again, those of a group that flaps when it has settled. */
  #lookAtOwed(group: GroupState, alerts: readonly AlertState[], now: number): void {
    const owed = alerts.filter(
      ({ phase, fingerprint }) =>
        phase === "resolved" && group.told.some((entry) => entry.firing[fingerprint] !== undefined),
    );
    const [first] = owed;
    if (first === undefined) return;
    const settled = settledAt(group, owed);
    if (settled <= now) this.#touchGroup(group, first, now);
    else this.#groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, settled) });
  }

  #groupsOf(alert: AlertState): readonly GroupState[] {
    return alert.destinations.flatMap(({ groupKey }) => this.#groups.get(groupKey) ?? []);
  }
}

/**
 * When a group with news is looked at: `groupWait` after the news, and in a group that was told something not sooner
 * than `groupInterval` after that.
 */
function flushTime(group: GroupState, route: Route, alert: AlertState, now: number): number {
  const waited = now + timerFor(route.groupWait, alert.severity);
  const lastAt = Math.max(...group.told.map((told) => told.lastAt));
  const spaced = Math.max(waited, lastAt + timerFor(route.groupInterval, alert.severity));
  return Math.min(group.flushAt ?? Infinity, spaced);
}

/** What is known of a group's past when its sinks have been told this. */
function pastOf(
  group: GroupState,
  told: readonly SentState[],
  now: number,
): Pick<GroupState, "ends" | "flapping"> {
  const [wasTold, isTold] = [group.told.length > 0, told.length > 0];
  if (wasTold && !isTold) return group.moved ? { ends: group.ends } : afterEnd(group, now);
  return { ends: group.ends, flapping: !wasTold && isTold ? isFlapping(group, now) : group.flapping };
}

function emptyGroup(key: string, route: string, labels: Readonly<Record<string, string>>): GroupState {
  return { key, route, labels, told: [], flushAt: undefined, moved: false };
}

function sinksOf(group: GroupState, alerts: readonly AlertState[]): ReadonlySet<string> {
  const sinks = new Set(group.told.map((told) => told.sink));
  for (const alert of alerts) {
    for (const destination of alert.destinations) {
      if (destination.groupKey === group.key) for (const sink of destination.sinks) sinks.add(sink);
    }
  }
  return sinks;
}

function toldTo(group: GroupState, sink: string): SentState | undefined {
  return group.told.find((entry) => entry.sink === sink);
}

/** News of one group that waits for the digest of a sink. */
interface WaitingNews {
  readonly telling: Telling;
  readonly view: View;
  readonly cause: DigestCause;
  /** At least one alert. */
  readonly news: readonly AlertState[];
}

/** What a message of its own says after it has waited. */
function decideLate({ telling, view, cause }: WaitingNews): NotifyReason {
  const { told, group, now } = telling;
  if (told === undefined && cause === "mute") return { kind: "firing", trigger: "unmuted" };
  return decide(view, told, now, group) ?? { kind: "repeat", trigger: "repeat" };
}

function replaceTold(told: readonly SentState[], entry: SentState): readonly SentState[] {
  return told.map((other) => (other.sink === entry.sink ? entry : other));
}

/** When a group is to be looked at again because of what holds news of it back; undefined: nothing does. */
function lookAgainAt(holds: readonly Hold[]): number | undefined {
  const at = Math.min(...holds.map(({ until }) => until ?? Infinity));
  return Number.isFinite(at) ? at : undefined;
}
