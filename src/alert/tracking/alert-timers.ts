import type { RuleSet } from "../../rule/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { Schedule } from "../schedule.ts";
import type { AlertState } from "../state.ts";
import { REMEMBERED_MS } from "../tombstone.ts";
import { type Due, dueOf } from "./timing.ts";

/**
 * Keys of alerts in the schedule. They sort before those of groups and sinks, so that these see the alerts that ended.
 */
const ALERT_PREFIX = "alert:";

/**
 * The timers of alerts in the schedule. They depend on the rule, and on how long the stream of events has been live.
 */
export class AlertTimers implements AlertIndex {
  readonly #schedule: Schedule;
  #rules: RuleSet;
  /** Epoch milliseconds, keyed by the namespace of the stream; "" for one of all namespaces. */
  readonly #liveSince = new Map<string, number>();

  constructor(schedule: Schedule, rules: RuleSet) {
    this.#schedule = schedule;
    this.#rules = rules;
  }

  /** The alert that a key of the schedule stands for; undefined when it stands for something else. */
  static fingerprintIn(key: string): string | undefined {
    return key.startsWith(ALERT_PREFIX) ? key.slice(ALERT_PREFIX.length) : undefined;
  }

  /** Uses other rules for the alerts that change from now on. */
  configure(rules: RuleSet): void {
    this.#rules = rules;
  }

  /**
   * Records that the stream of a namespace ("" for all namespaces) is live since a time, or interrupted (undefined).
   *
   * @param alerts All alerts: their quiet time counts from then on.
   */
  setLive(namespace: string, since: number | undefined, alerts: () => Iterable<AlertState>): void {
    if (since !== undefined && this.#liveSince.has(namespace)) return;
    if (since === undefined) this.#liveSince.delete(namespace);
    else this.#liveSince.set(namespace, since);
    for (const alert of alerts()) this.reschedule(alert);
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (after !== undefined) this.reschedule(after);
    else if (before !== undefined) this.#schedule.set(ALERT_PREFIX + before.fingerprint, undefined);
  }

  /** Enters the next timer of an alert in the schedule. */
  reschedule(alert: AlertState): void {
    this.#schedule.set(ALERT_PREFIX + alert.fingerprint, this.dueOf(alert)?.at);
  }

  /** The next timer of an alert; undefined when it waits for no time. */
  dueOf(alert: AlertState): Due | undefined {
    if (alert.isTombstone) return { at: (alert.resolvedAt ?? 0) + REMEMBERED_MS, what: "forget" };
    const rule = this.#rules.byName.get(alert.rule);
    const timing = { forMs: rule?.forMs ?? 0, withinMs: rule?.threshold.withinMs ?? 0 };
    const liveSince = this.#liveSince.get("") ?? this.#liveSince.get(alert.event.namespace);
    return dueOf(alert, timing, { liveSince });
  }
}
