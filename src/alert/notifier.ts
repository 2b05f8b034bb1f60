import { type Severity, worstOf } from "../lib/severity.ts";
import type { AlertBook } from "./alert-book.ts";
import { accountOf, Announcer, type Telling } from "./announcer.ts";
import type { Decision as DecisionRow, DeliveryOutcome, NewDelivery } from "./changes.ts";
import {
  type Decision,
  decide,
  heldBack,
  isSevereEnough,
  LONGEST_REPEAT_MS,
  nextRepeatAt,
  type View,
  viewOf,
} from "./group.ts";
import { Ledger } from "./ledger.ts";
import type { EngineObserver, Suppression } from "./observer.ts";
import { type Place, placesOf } from "./place.ts";
import type { Policy } from "./policy.ts";
import { type Route, timerFor } from "./route.ts";
import { routesByName } from "./routes-by-name.ts";
import type { Schedule } from "./schedule.ts";
import type { AlertState, GroupState, Told } from "./state.ts";
import { type Hold, lookAgainAt, muteOf } from "./suppression/hold.ts";
import type { Inhibition, Inhibitor } from "./suppression/inhibitor.ts";

/** What the notifier works with; the engine owns all of it. */
export interface NotifierParts {
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

/** Keys of groups in the schedule. */
export const GROUP_PREFIX = "group:";

/**
 * Groups: which alerts are told together, to whom, when, and what each sink was last told.
 * A group is looked at when something changed (`flushAt`) or when a repeat is due; what is then said is `decide`'s.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #ledger: Ledger;
  readonly #announcer: Announcer;
  readonly #groups = new Map<string, GroupState>();
  readonly #changed = new Set<string>();
  readonly #forgotten = new Set<string>();
  #policy: Policy;
  #routes: ReadonlyMap<string, Route>;

  constructor(policy: Policy, groups: readonly GroupState[], parts: NotifierParts) {
    this.#policy = policy;
    this.#routes = routesByName(policy);
    this.#parts = parts;
    this.#ledger = new Ledger(parts);
    this.#announcer = new Announcer(policy, { ...parts, ledger: this.#ledger });
    for (const group of groups) {
      this.#groups.set(group.key, group);
      this.#reschedule(group);
    }
  }

  get size(): number {
    return this.#groups.size;
  }

  groups(): Iterable<GroupState> {
    return this.#groups.values();
  }

  /** Whether any sink was told that this alert fires, and not yet of its end. */
  isTold(alert: AlertState): boolean {
    return alert.targets.some((target) =>
      this.#groups.get(target.groupKey)?.told.some((told) => told.firing[alert.fingerprint] !== undefined),
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
    const targets = this.#placesOf(alert).map(({ route, sinks, key, labels }) => {
      const group = this.#groups.get(key) ?? emptyGroup(key, route.name, labels);
      const flushAt = flushTime(group, route, alert, since);
      this.#put({ ...group, fingerprints: withValue(group.fingerprints, alert.fingerprint), flushAt });
      return { groupKey: key, sinks };
    });
    const joined = { ...alert, targets };
    this.#parts.put(joined);
    return joined;
  }

  /** The alert has ended: whoever was told of it is told so, the others forget it. */
  end(alert: AlertState, now: number, untold: Suppression): void {
    if (this.isTold(alert)) this.touch(alert, now);
    else this.leave(alert, now, untold);
  }

  /** The alert leaves everything without a word; what no decision has accounted for is held back for this reason. */
  leave(alert: AlertState, now: number, reason: Suppression): void {
    if (alert.targets.length === 0) this.#ledger.noteUnsent(alert, reason, now);
    for (const { groupKey, sinks } of alert.targets) {
      for (const name of sinks) {
        const sink = this.#policy.sinks.get(name);
        const isTooMild = sink !== undefined && !isSevereEnough(alert, sink);
        this.#ledger.noteHeldBack(alert, { groupKey, sink: name, now }, isTooMild ? "min_severity" : reason);
      }
    }
    this.drop(alert, now);
  }

  /** There is news of the alert: its groups are looked at when their timers allow. */
  touch(alert: AlertState, now: number): void {
    for (const group of this.#groupsOf(alert)) this.#touchGroup(group, alert, now);
  }

  /** The alert's groups are looked at then at the latest. */
  lookAt(alert: AlertState, at: number): void {
    for (const group of this.#groupsOf(alert)) {
      this.#put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, at) });
    }
  }

  /** The alert vanishes, because its occurrences belong to another one. */
  drop(alert: AlertState, now: number): void {
    for (const group of this.#groupsOf(alert)) this.#removeFrom(group, alert.fingerprint);
    this.#parts.forget(alert, now);
  }

  /** Looks at a due group and tells each sink what there is to tell. */
  flush(key: string, now: number): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    const alerts = group.fingerprints
      .map((fingerprint) => this.#parts.book.get(fingerprint))
      .filter((alert) => alert !== undefined);
    const told: Told[] = [];
    const holds: Hold[] = [];
    const inhibited = new Map<AlertState, Inhibition | undefined>();
    for (const name of sinksOf(group, alerts)) {
      const sink = this.#policy.sinks.get(name);
      if (sink === undefined) continue;
      const before = group.told.find((entry) => entry.sink === name);
      const view = viewOf(group, alerts, {
        sink,
        told: before,
        holdOf: (alert) => this.#holdOf(alert, group, now),
      });
      const after = this.#tell({ group, sink, told: before, now }, view);
      holds.push(...view.held.values());
      for (const alert of view.firing) inhibited.set(alert, undefined);
      for (const [alert, hold] of view.held) inhibited.set(alert, hold.inhibition);
      if (after !== undefined) told.push(this.#withRepeatToCome(group, after, [...view.held.values()], now));
    }
    this.#noteInhibited(inhibited);
    const flushed = {
      ...group,
      told: [...told],
      flushAt: lookAgainAt(holds),
      moved: false,
      held: holds[0]?.reason,
    };
    this.#put(flushed);
    const owed = alerts.find(
      (alert) =>
        alert.phase === "resolved" && told.some((entry) => entry.firing[alert.fingerprint] !== undefined),
    );
    if (owed !== undefined) this.#touchGroup(flushed, owed, now);
    for (const alert of alerts) {
      const current = this.#parts.book.get(alert.fingerprint);
      if (current?.phase === "resolved" && !this.isTold(current))
        this.leave(current, now, "cleared_before_notice");
    }
    this.#forgetIfEmpty(key);
  }

  /** Takes in how deliveries ended. A receiver that never got the first message is told anew when there is news. */
  noteOutcome(outcome: DeliveryOutcome): void {
    const group = this.#groups.get(outcome.groupKey);
    const told = group?.told.find((entry) => entry.sink === outcome.sink);
    if (group === undefined || told === undefined) return;
    if (outcome.outcome === "delivered" && !told.accepted) {
      this.#put({ ...group, told: replaceTold(group.told, { ...told, accepted: true }) });
    }
    const isLost = outcome.outcome === "dead" || outcome.outcome === "expired";
    if (isLost && !told.accepted && told.deliveryId === outcome.id) {
      this.#put({ ...group, told: group.told.filter((entry) => entry !== told) });
    }
  }

  /** What holds news back has changed: it is looked at again. */
  release(now: number): void {
    for (const group of this.#groups.values()) {
      if (group.held !== undefined) this.#put({ ...group, flushAt: now });
    }
  }

  /** A reload: alerts that now belong elsewhere join there and leave their old groups, which are told so. */
  reroute(policy: Policy, now: number): void {
    this.#policy = policy;
    this.#routes = routesByName(policy);
    this.#announcer.configure(policy);
    this.release(now);
    for (const alert of this.#parts.book.all()) {
      if (alert.phase !== "firing") continue;
      const before = alert.targets;
      const after = this.#placesOf(alert).map(({ key, sinks }) => ({ groupKey: key, sinks }));
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      const joined = this.join(alert, now);
      const kept = new Set(joined.targets.map((target) => target.groupKey));
      for (const { groupKey } of before) {
        const group = this.#groups.get(groupKey);
        if (group === undefined) continue;
        const fingerprints = group.fingerprints.filter(
          (fingerprint) => fingerprint !== alert.fingerprint || kept.has(groupKey),
        );
        this.#put({ ...group, fingerprints, moved: true, flushAt: now });
      }
    }
  }

  /** Everything since the last call, each key once. */
  takeChanges(): {
    readonly groups: readonly GroupState[];
    readonly forgotten: readonly string[];
    readonly deliveries: readonly NewDelivery[];
    readonly decisions: readonly DecisionRow[];
  } {
    const groups = [...this.#changed]
      .map((key) => this.#groups.get(key))
      .filter((group) => group !== undefined);
    const changes = {
      groups,
      forgotten: [...this.#forgotten],
      deliveries: this.#announcer.takeDeliveries(),
      decisions: this.#ledger.takeDecisions(),
    };
    this.#changed.clear();
    this.#forgotten.clear();
    return changes;
  }

  #placesOf(alert: AlertState): readonly Place[] {
    const rule = this.#policy.rules.byName.get(alert.rule);
    return placesOf(this.#policy, alert, rule?.sinks, rule?.namesReason ?? true);
  }

  #holdOf(alert: AlertState, group: GroupState, now: number): Hold | undefined {
    const inhibited = this.#parts.inhibitor.holdOf(alert, now);
    if (inhibited !== undefined) return inhibited;
    const route = this.#routes.get(group.route);
    const mute = route === undefined ? undefined : muteOf(route, now);
    return mute ?? this.#parts.silenceOf(alert, now);
  }

  /** Keeps with the alerts what holds them back now, so that its end finds them. */
  #noteInhibited(inhibited: ReadonlyMap<AlertState, Inhibition | undefined>): void {
    for (const [{ fingerprint }, inhibition] of inhibited) {
      const alert = this.#parts.book.get(fingerprint);
      if (alert === undefined || JSON.stringify(alert.inhibited) === JSON.stringify(inhibition)) continue;
      this.#parts.put({ ...alert, inhibited: inhibition });
    }
  }

  /** One sink's part of a flush; answers what it has been told by then, undefined for nothing. */
  #tell(telling: Telling, view: View): Told | undefined {
    const { group, told, now } = telling;
    const decision = decide(view, told, now, group);
    if (decision?.kind === "resolved") this.#announcer.announceEnd(telling, view, decision);
    // Part of a group has ended: no message, and what fires again later is news.
    const at = accountOf(telling);
    for (const alert of view.ended) {
      if (!view.owed.includes(alert)) this.#ledger.noteHeldBack(alert, at, "repeat");
    }
    for (const alert of view.tooMild) this.#ledger.noteHeldBack(alert, at, "min_severity");
    for (const [alert, { reason }] of view.held) {
      if (told?.firing[alert.fingerprint] === undefined) this.#ledger.noteHeldBack(alert, at, reason);
    }
    if (decision !== undefined && decision.kind !== "resolved")
      return this.#announce(telling, view, decision);
    return told === undefined ? undefined : withoutEnded(told, view);
  }

  /** @returns What the sink has been told by then. */
  #announce(telling: Telling, view: View, decision: Decision): Told {
    const { group, sink, told, now } = telling;
    const suppressed = heldBack(view, told, this.#consequencesOf(view));
    const deliveryId = this.#announcer.announce(telling, view, { decision, suppressed });
    const severity = worstOf(view.firing.map((alert) => alert.severity));
    const repeats = decision.kind === "repeat" ? (told?.repeats ?? 0) + 1 : 0;
    return {
      sink: sink.name,
      deliveryId,
      firing: Object.fromEntries(
        [...view.firing, ...view.owed].map(({ fingerprint, severity }) => [fingerprint, { severity }]),
      ),
      accepted: told?.accepted ?? false,
      lastAt: now,
      repeats,
      repeatAt: nextRepeatAt(now, this.#repeatInterval(group, severity), repeats),
    };
  }

  /** Alerts, of any group, of which nobody is told because of those of a view. */
  #consequencesOf(view: View): readonly AlertState[] {
    return view.firing
      .flatMap((alert) => this.#parts.inhibitor.targetsOf(alert))
      .filter((alert) => alert.phase === "firing" && !this.isTold(alert));
  }

  #repeatInterval(group: GroupState, severity: Severity): number {
    const route = this.#routes.get(group.route);
    return route === undefined ? LONGEST_REPEAT_MS : timerFor(route.repeatInterval, severity);
  }

  /** Points have no repeat, and what is held back has none now: their timer moves on all the same. */
  #withRepeatToCome(group: GroupState, told: Told, holds: readonly Hold[], now: number): Told {
    if (told.repeatAt > now) return told;
    const again = lookAgainAt(holds);
    if (again !== undefined) return { ...told, repeatAt: again };
    const severity = worstOf(Object.values(told.firing).map((entry) => entry.severity));
    return { ...told, repeatAt: nextRepeatAt(now, this.#repeatInterval(group, severity), told.repeats) };
  }

  #touchGroup(group: GroupState, alert: AlertState, now: number): void {
    const route = this.#routes.get(group.route);
    this.#put({ ...group, flushAt: route === undefined ? now : flushTime(group, route, alert, now) });
  }

  #groupsOf(alert: AlertState): readonly GroupState[] {
    return alert.targets.flatMap((target) => this.#groups.get(target.groupKey) ?? []);
  }

  #removeFrom(group: GroupState, fingerprint: string): void {
    const told = group.told.flatMap((entry) => {
      if (entry.firing[fingerprint] === undefined) return [entry];
      const firing = Object.fromEntries(Object.entries(entry.firing).filter(([key]) => key !== fingerprint));
      return Object.keys(firing).length === 0 ? [] : [{ ...entry, firing }];
    });
    this.#put({ ...group, told, fingerprints: group.fingerprints.filter((key) => key !== fingerprint) });
    this.#forgetIfEmpty(group.key);
  }

  #put(group: GroupState): void {
    this.#groups.set(group.key, group);
    this.#changed.add(group.key);
    this.#forgotten.delete(group.key);
    this.#reschedule(group);
  }

  #forgetIfEmpty(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined || group.fingerprints.length > 0 || group.told.length > 0) return;
    this.#groups.delete(key);
    this.#changed.delete(key);
    this.#forgotten.add(key);
    this.#parts.schedule.set(GROUP_PREFIX + key, undefined);
  }

  #reschedule(group: GroupState): void {
    const due = Math.min(group.flushAt ?? Infinity, ...group.told.map((told) => told.repeatAt));
    this.#parts.schedule.set(GROUP_PREFIX + group.key, Number.isFinite(due) ? due : undefined);
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

/** What a sink is told of when what is over is left out; what fires again later is news. */
function withoutEnded(told: Told, { firing: present }: View): Told | undefined {
  const firing = Object.fromEntries(
    present.flatMap(({ fingerprint }) => {
      const entry = told.firing[fingerprint];
      return entry === undefined ? [] : [[fingerprint, entry]];
    }),
  );
  return Object.keys(firing).length === 0 ? undefined : { ...told, firing };
}

function emptyGroup(key: string, route: string, labels: Readonly<Record<string, string>>): GroupState {
  return { key, route, labels, fingerprints: [], told: [], flushAt: undefined, moved: false };
}

function sinksOf(group: GroupState, alerts: readonly AlertState[]): ReadonlySet<string> {
  const sinks = new Set(group.told.map((told) => told.sink));
  for (const alert of alerts) {
    for (const target of alert.targets) {
      if (target.groupKey === group.key) for (const sink of target.sinks) sinks.add(sink);
    }
  }
  return sinks;
}

function replaceTold(told: readonly Told[], entry: Told): readonly Told[] {
  return told.map((other) => (other.sink === entry.sink ? entry : other));
}

function withValue(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) ? values : values.concat(value);
}
