import type { RuleSet } from "../../rule/index.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { StreamKey } from "../engine-input.ts";
import { streamOf } from "../kept-alert.ts";
import type { Schedule } from "../schedule.ts";
import type { AlertState } from "../state.ts";
import { REMEMBERED_MS } from "../tombstone.ts";
import { type Due, dueOf } from "./timing.ts";

/**
 * Keys of groups and sinks in the schedule begin with a word and this; an alert stands there by its fingerprint, which is
 * hexadecimal. So alerts sort before the others, and these see the alerts that ended.
 */
const AFTER_WORD = ":";

/**
 * The timers of alerts in the schedule. They depend on the rule, and on how long the stream of events has been live.
 */
export class AlertTimers implements AlertIndex {
  readonly #schedule: Schedule;
  #rules: RuleSet;
  /** Epoch milliseconds, keyed by the cluster, then by the namespace of the stream; "" for one of all namespaces. */
  readonly #liveSince = new Map<string, Map<string, number>>();

  constructor(schedule: Schedule, rules: RuleSet) {
    this.#schedule = schedule;
    this.#rules = rules;
  }

  /** The alert that a key of the schedule stands for; undefined when it stands for something else. */
  static fingerprintIn(key: string): string | undefined {
    return key.includes(AFTER_WORD) ? undefined : key;
  }

  /** Uses other rules for the alerts that change from now on. */
  configure(rules: RuleSet): void {
    this.#rules = rules;
  }

  /**
   * Records that the stream of a namespace of a cluster ("" for all namespaces) is live since a time, or interrupted
   * (undefined).
   *
   * @param alerts All alerts: the quiet time of those of the cluster counts from then on.
   */
  setLive({ cluster, namespace }: StreamKey, since: number | undefined, alerts: Iterable<AlertState>): void {
    const ofCluster = this.#liveSince.get(cluster) ?? new Map<string, number>();
    if (since !== undefined && ofCluster.has(namespace)) return;
    if (since === undefined) ofCluster.delete(namespace);
    else ofCluster.set(namespace, since);
    this.#liveSince.set(cluster, ofCluster);
    for (const alert of alerts) if (streamOf(alert).cluster === cluster) this.reschedule(alert);
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (after !== undefined) this.reschedule(after);
    else if (before !== undefined) this.#schedule.set(before.fingerprint, undefined);
  }

  /** Enters the next timer of an alert in the schedule. */
  reschedule(alert: AlertState): void {
    this.#schedule.set(alert.fingerprint, this.dueOf(alert)?.at);
  }

  /** Runs the timer of an alert again at a time, if nothing changes the alert before; epoch milliseconds. */
  wait({ fingerprint }: AlertState, until: number): void {
    this.#schedule.set(fingerprint, until);
  }

  /** The next timer of an alert; undefined when it waits for no time. */
  dueOf(alert: AlertState): Due | undefined {
    if (alert.isTombstone) return { at: (alert.resolvedAt ?? 0) + REMEMBERED_MS, what: "forget" };
    const rule = this.#rules.byName.get(alert.rule);
    const timing = { forMs: rule?.forMs ?? 0, withinMs: rule?.threshold.withinMs ?? 0 };
    return dueOf(alert, timing, { liveSince: this.liveSinceOf(streamOf(alert)) });
  }

  /** Since when a stream is live without a gap, epoch milliseconds; undefined during a gap. */
  liveSinceOf({ cluster, namespace }: StreamKey): number | undefined {
    const ofCluster = this.#liveSince.get(cluster);
    return ofCluster?.get("") ?? ofCluster?.get(namespace);
  }
}
