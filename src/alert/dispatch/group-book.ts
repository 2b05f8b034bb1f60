import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Schedule } from "../schedule.ts";
import type { GroupState } from "../state.ts";
import { endOfMemory } from "./flapping.ts";

/**
 * Keys of groups in the schedule. They sort behind those of alerts, so that a group sees the alerts that ended by then.
 */
const GROUP_PREFIX = "group:";

/** With more groups than this, an empty group is forgotten at once, although its past might show that it flaps. */
const MOST_REMEMBERED = 10_000;

/**
 * All groups. A group is replaced, never changed in place. The book keeps the changes for the store until `drain`, and
 * enters each group in the schedule for its next flush or repeat.
 */
export class GroupBook {
  readonly #groups = new Map<string, GroupState>();
  readonly #journal = new Journal<GroupState>("group", (state) => toEntity("group", state));
  readonly #schedule: Schedule;
  readonly #hasAlerts: (key: string) => boolean;

  /** @param hasAlerts Whether any alert is in the group of this key. */
  constructor(schedule: Schedule, hasAlerts: (key: string) => boolean) {
    this.#schedule = schedule;
    this.#hasAlerts = hasAlerts;
  }

  /** Adds groups that the store already has. */
  load(groups: readonly GroupState[]): void {
    for (const group of groups) {
      this.#groups.set(group.key, group);
      this.#reschedule(group);
    }
  }

  /** The group that a key of the schedule stands for; undefined when it stands for something else. */
  static groupIn(key: string): string | undefined {
    return key.startsWith(GROUP_PREFIX) ? key.slice(GROUP_PREFIX.length) : undefined;
  }

  get(key: string): GroupState | undefined {
    return this.#groups.get(key);
  }

  all(): Iterable<GroupState> {
    return this.#groups.values();
  }

  /** Whether a group has neither alerts nor a sent state. */
  isEmpty({ key, told }: GroupState): boolean {
    return told.length === 0 && !this.#hasAlerts(key);
  }

  put(group: GroupState): void {
    this.#groups.set(group.key, group);
    this.#journal.put(group.key, group);
    this.#reschedule(group);
  }

  /** Removes an alert from the sent states of a group. No message is made. */
  removeFrom(key: string, fingerprint: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    const told = group.told.flatMap((entry) => {
      if (entry.firing[fingerprint] === undefined) return [entry];
      const firing = Object.fromEntries(Object.entries(entry.firing).filter(([key]) => key !== fingerprint));
      return Object.keys(firing).length === 0 ? [] : [{ ...entry, firing }];
    });
    this.put({ ...group, told });
    this.forgetIfEmpty(key);
  }

  /** Forgets an empty group; one that may be flapping only after its past is too old to count. */
  forgetIfEmpty(key: string): void {
    const group = this.#groups.get(key);
    if (group === undefined || !this.isEmpty(group)) return;
    const until = endOfMemory(group);
    if (until !== undefined && this.#groups.size <= MOST_REMEMBERED) {
      if (group.flushAt !== until) this.put({ ...group, flushAt: until, held: undefined, moved: false });
      return;
    }
    this.#groups.delete(key);
    this.#journal.forget(key);
    this.#schedule.set(GROUP_PREFIX + key, undefined);
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #reschedule(group: GroupState): void {
    const due = Math.min(group.flushAt ?? Infinity, ...group.told.map((told) => told.repeatAt));
    this.#schedule.set(GROUP_PREFIX + group.key, due);
  }
}
