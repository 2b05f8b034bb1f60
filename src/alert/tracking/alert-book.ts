import { KeyIndex } from "../../lib/key-index.ts";
import type { KindChanges } from "../entity.ts";
import type { AlertState } from "../state.ts";

/** Alerts kept at most; what would open more is gathered in one alert for each rule. */
export const MOST_OPEN_ALERTS = 100_000;

/**
 * All alerts that are not forgotten, found by what events know of them. Alerts are replaced, never changed; what was
 * replaced or forgotten since `takeChanges` is remembered for the store.
 */
export class AlertBook {
  readonly #alerts = new Map<string, AlertState>();
  readonly #byObject = new KeyIndex();
  readonly #bySource = new KeyIndex();
  readonly #byWorkload = new KeyIndex();
  readonly #byGroup = new KeyIndex();
  /** Alerts with a counter-event that may be about another object. */
  readonly #farReaching = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #forgotten = new Set<string>();

  get size(): number {
    return this.#alerts.size;
  }

  get(fingerprint: string): AlertState | undefined {
    return this.#alerts.get(fingerprint);
  }

  /** As of now: the list stays as it is while alerts change. */
  all(): readonly AlertState[] {
    return [...this.#alerts.values()];
  }

  /** One after the other; those that come meanwhile may be among them. */
  values(): Iterable<AlertState> {
    return this.#alerts.values();
  }

  /** @param farReaching Whether its counter-events may be about other objects than its members. */
  put(alert: AlertState, farReaching: boolean): void {
    this.#index(alert);
    if (farReaching) this.#farReaching.add(alert.fingerprint);
    this.#alerts.set(alert.fingerprint, alert);
    this.#changed.add(alert.fingerprint);
    this.#forgotten.delete(alert.fingerprint);
  }

  /** Takes in what the store already has. */
  load(alert: AlertState, farReaching: boolean): void {
    this.put(alert, farReaching);
    this.#changed.delete(alert.fingerprint);
  }

  forget(alert: AlertState): void {
    const { fingerprint } = alert;
    for (const member of alert.members) this.#byObject.delete(objectOf(member), fingerprint);
    for (const source of alert.sources) this.#bySource.delete(source, fingerprint);
    this.#byWorkload.delete(workloadOf(alert), fingerprint);
    const { destinations = [] } = this.#alerts.get(fingerprint) ?? {};
    for (const { groupKey } of destinations) this.#byGroup.delete(groupKey, fingerprint);
    this.#farReaching.delete(fingerprint);
    this.#alerts.delete(fingerprint);
    this.#changed.delete(fingerprint);
    this.#forgotten.add(fingerprint);
  }

  /** Alerts with a member that is this object, `Kind/namespace/name`. */
  ofObject(object: string): readonly AlertState[] {
    return this.#resolve(this.#byObject.get(object));
  }

  /** Alerts that are told in this group, those that joined it first before the others. */
  ofGroup(key: string): readonly AlertState[] {
    return this.#resolve(this.#byGroup.get(key));
  }

  hasGroup(key: string): boolean {
    return this.#byGroup.has(key);
  }

  /** Alerts whose counter-events may be about any object. */
  farReaching(): readonly AlertState[] {
    return this.#resolve(this.#farReaching);
  }

  /** Alerts kept awake by `component|Kind/namespace/name`. */
  ofSource(source: string): readonly AlertState[] {
    return this.#resolve(this.#bySource.get(source));
  }

  hasSource(source: string): boolean {
    return this.#bySource.has(source);
  }

  get hasSources(): boolean {
    return this.#bySource.size > 0;
  }

  /** Alerts of this workload, `Kind/name`. */
  ofWorkload(namespace: string, workload: string): readonly AlertState[] {
    return this.#resolve(this.#byWorkload.get(`${namespace}|${workload}`));
  }

  /** What has changed since the last call, each alert once. */
  drainChanges(): KindChanges<AlertState> {
    const changes = { put: this.#resolve(this.#changed), forget: [...this.#forgotten] };
    this.#changed.clear();
    this.#forgotten.clear();
    return changes;
  }

  #index(alert: AlertState): void {
    const before = this.#alerts.get(alert.fingerprint);
    if (before?.members !== alert.members) {
      for (const member of alert.members) this.#byObject.add(objectOf(member), alert.fingerprint);
    }
    if (before?.sources !== alert.sources) {
      for (const source of alert.sources) this.#bySource.add(source, alert.fingerprint);
    }
    if (before?.destinations !== alert.destinations) {
      for (const { groupKey } of before?.destinations ?? [])
        this.#byGroup.delete(groupKey, alert.fingerprint);
      for (const { groupKey } of alert.destinations) this.#byGroup.add(groupKey, alert.fingerprint);
    }
    if (before === undefined) this.#byWorkload.add(workloadOf(alert), alert.fingerprint);
  }

  #resolve(fingerprints: Iterable<string> | undefined): readonly AlertState[] {
    if (fingerprints === undefined) return [];
    const alerts: AlertState[] = [];
    for (const fingerprint of fingerprints) {
      const alert = this.#alerts.get(fingerprint);
      if (alert !== undefined) alerts.push(alert);
    }
    return alerts;
  }
}

function objectOf(member: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${member.kind}/${member.namespace}/${member.name}`;
}

function workloadOf(alert: AlertState): string {
  return `${alert.labels["namespace"] ?? ""}|${alert.labels["workload"] ?? ""}`;
}
