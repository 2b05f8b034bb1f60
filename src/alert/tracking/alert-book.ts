import { ObjectKey } from "../../event/index.ts";
import { HashedIndex } from "../../lib/hashed-index.ts";
import { KeyIndex } from "../../lib/key-index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { AlertIndex, AlertReader } from "../alert-reader.ts";
import { AlertShelf } from "../alert-shelf.ts";
import type { EntityChanges } from "../entity.ts";
import { KeptAlert } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";
import { AlertJournal } from "./alert-journal.ts";
import { objectOfSource } from "./alert.ts";

/** Most alerts that are tracked one by one. Beyond that each rule counts its occurrences in one overflow alert. */
export const MOST_OPEN_ALERTS = 100_000;

/** Alerts that do not rest yet, so that a step which changes all alerts does not hold all of them awake. */
const MOST_FRESH = 500;

/**
 * All alerts that are not forgotten, by fingerprint, object, source, workload and group. They are replaced, never
 * changed.
 */
export class AlertBook implements AlertReader {
  readonly #alerts = new Map<string, KeptAlert>();
  readonly #shelf = new AlertShelf();
  /** Put lately: they do not rest yet. */
  readonly #fresh = new Set<KeptAlert>();
  readonly #byObject = new HashedIndex();
  /** By the object of a source: every Event is asked for, and has that at hand. */
  readonly #bySource = new HashedIndex();
  readonly #byWorkload = new HashedIndex();
  readonly #byGroup = new KeyIndex();
  readonly #journal = new AlertJournal();
  readonly #indexes: readonly AlertIndex[];

  /** @param indexes The book reports every change to them, in this order. */
  constructor(indexes: readonly AlertIndex[] = []) {
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#alerts.size;
  }

  get(fingerprint: string): AlertState | undefined {
    return this.#alerts.get(fingerprint);
  }

  all(): readonly AlertState[] {
    return [...this.#alerts.values()];
  }

  values(): Iterable<AlertState> {
    return this.#alerts.values();
  }

  put(alert: AlertState): void {
    const before = this.#alerts.get(alert.fingerprint);
    const kept = KeptAlert.of(alert, this.#shelf);
    this.#journal.put(before, kept);
    this.#set(before, kept);
    if (before !== undefined) this.#fresh.delete(before);
    this.#fresh.add(kept);
    if (this.#fresh.size >= MOST_FRESH) this.#restAll();
  }

  /** Adds an alert that the store already has. */
  load(alert: AlertState): void {
    const kept = KeptAlert.of(alert, this.#shelf);
    this.#set(undefined, kept);
    kept.rest();
  }

  forget({ fingerprint }: Pick<AlertState, "fingerprint">): void {
    const alert = this.#alerts.get(fingerprint);
    if (alert === undefined) return;
    for (const member of alert.members) this.#byObject.delete(objectOfMember(member), fingerprint);
    for (const source of alert.sources) this.#bySource.delete(objectOfSource(source), fingerprint);
    for (const { groupKey } of alert.destinations) this.#byGroup.delete(groupKey, fingerprint);
    this.#byWorkload.delete(workloadOf(alert), fingerprint);
    this.#alerts.delete(fingerprint);
    this.#journal.forget(alert);
    for (const index of this.#indexes) index.record(alert, undefined);
  }

  /** Alerts with a member that is this object, by its key. */
  ofObject(object: string): readonly AlertState[] {
    return this.#resolve(this.#byObject.get(object)).filter(({ members }) =>
      members.some((member) => objectOfMember(member) === object),
    );
  }

  ofGroup(key: string): readonly AlertState[] {
    return this.#resolve(this.#byGroup.get(key));
  }

  countOfGroup(key: string): number {
    return this.#byGroup.count(key);
  }

  /** Alerts kept awake by a source (`sourceKey`). */
  ofSource(source: string): readonly AlertState[] {
    return this.#resolve(this.#bySource.get(objectOfSource(source))).filter(({ sources }) =>
      sources.includes(source),
    );
  }

  /** Whether some source about this object keeps an alert awake; hardly ever a wrong yes. */
  hasSourceAbout(object: string): boolean {
    return this.#bySource.has(object);
  }

  /** Whether an alert has a member that is this object; hardly ever a wrong yes. */
  hasObject(object: string): boolean {
    return this.#byObject.has(object);
  }

  /** Alerts of this workload, by its key. */
  ofWorkload(object: string): readonly AlertState[] {
    return this.#resolve(this.#byWorkload.get(object)).filter((alert) => workloadOf(alert) === object);
  }

  /** Whether an alert has this workload, by its key; hardly ever a wrong yes. */
  hasWorkload(object: string): boolean {
    return this.#byWorkload.has(object);
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    const changes = this.#journal.drain();
    this.#restAll();
    return changes;
  }

  #restAll(): void {
    for (const alert of this.#fresh) alert.rest();
    this.#fresh.clear();
  }

  #set(before: KeptAlert | undefined, alert: KeptAlert): void {
    this.#index(before, alert);
    this.#alerts.set(alert.fingerprint, alert);
    for (const index of this.#indexes) index.record(before, alert);
  }

  #index(before: KeptAlert | undefined, alert: KeptAlert): void {
    const { fingerprint, destinations } = alert;
    if (!alert.sharesRest(before)) this.#indexParts(before, alert);
    if (before?.destinations !== destinations) {
      for (const { groupKey } of before?.destinations ?? []) this.#byGroup.delete(groupKey, fingerprint);
      for (const { groupKey } of destinations) this.#byGroup.add(groupKey, fingerprint);
    }
    if (before === undefined) this.#byWorkload.add(workloadOf(alert), fingerprint);
  }

  #indexParts(before: KeptAlert | undefined, { fingerprint, members, sources }: KeptAlert): void {
    if (before?.members !== members)
      for (const member of members) this.#byObject.add(objectOfMember(member), fingerprint);
    if (before?.sources !== sources)
      for (const source of sources) this.#bySource.add(objectOfSource(source), fingerprint);
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

/** The key of the workload of an alert. */
function workloadOf({ labels, event: { cluster } }: AlertState): string {
  const { namespace = "", workload = "" } = labels;
  return ObjectKey.format({ cluster, namespace, ...ObjectKey.parseName(workload) });
}
