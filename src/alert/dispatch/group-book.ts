import { KeyIndex } from "../../lib/key-index.ts";
import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Schedule } from "../schedule.ts";
import type { GroupState } from "../state.ts";
import { endOfMemory } from "./flapping.ts";
import { problemOf } from "./wave-book.ts";

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
  /** Problem → keys of the groups with news that is not due yet. */
  readonly #coming = new KeyIndex();

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

  /**
   * Whether a message is worth waiting for until `by`: at least two other groups of its problem have news by then, and
   * not all of them now. Epoch milliseconds.
   */
  areComing(problem: string, except: string, { now, by }: { now: number; by: number }): boolean {
    let [count, later] = [0, 0];
    for (const key of this.#coming.get(problem) ?? []) {
      const dueAt = this.#groups.get(key)?.flushAt ?? Infinity;
      if (key === except || dueAt > by) continue;
      count += 1;
      if (dueAt > now) later += 1;
      if (count > 1 && later > 0) return true;
    }
    return false;
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
    this.#note({ ...group, flushAt: undefined });
    this.#groups.delete(key);
    this.#journal.forget(key);
    this.#schedule.set(GROUP_PREFIX + key, undefined);
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #reschedule(group: GroupState): void {
    this.#note(group);
    // A repeat that waits for other groups is due with their wave.
    const repeats = group.told.filter(({ sink }) => group.joins?.[sink] === undefined);
    const due = Math.min(group.flushAt ?? Infinity, ...repeats.map((told) => told.repeatAt));
    this.#schedule.set(GROUP_PREFIX + group.key, due);
  }

  #note(group: GroupState): void {
    const problem = problemOf(group);
    if (problem === undefined) return;
    if (group.flushAt === undefined) this.#coming.delete(problem, group.key);
    else this.#coming.add(problem, group.key);
  }
}
