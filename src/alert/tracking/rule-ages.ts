import { lastHeardOf, type Occurrence } from "../../event/index.ts";
import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Policy } from "../policy.ts";
import type { RuleRow } from "../state.ts";

/**
 * Since when each rule and forward has its present form. For a new or changed one only later occurrences count: neither
 * old Events that a list shows again, nor earlier counts of an Event.
 */
export class RuleAges {
  readonly #rows = new Map<string, RuleRow>();
  readonly #journal = new Journal<RuleRow>("rule", (row) => toEntity("rule", row));

  /** Adds rows that the store already has. */
  load(rows: readonly RuleRow[]): void {
    for (const row of rows) this.#rows.set(row.name, row);
  }

  /**
   * Records the rules of a policy. At the very first start `startFrom` decides which Events are old, so all count here.
   */
  update(policy: Policy, now: number): void {
    const since = this.#rows.size === 0 ? 0 : now;
    const versions = new Map<string, string>();
    for (const rule of policy.rules.rules) versions.set(rule.name, rule.matchVersion);
    for (const forward of policy.forwards.forwards) versions.set(`forward:${forward.name}`, forward.version);
    for (const [name, version] of versions) {
      if (this.#rows.get(name)?.version !== version) this.#set({ name, version, since });
    }
    for (const [name, row] of this.#rows) {
      // The version "" equals no other, so that a rule that comes back under this name counts as new.
      if (!versions.has(name) && row.version !== "") this.#set({ name, version: "", since: now });
    }
  }

  /** Whether an occurrence counts for a rule at all. */
  concerns(name: string, occurrence: Occurrence): boolean {
    return occurrence.via === "watch" || lastHeardOf(occurrence.event) >= this.#since(name);
  }

  /** The part of an occurrence's delta that counts for a rule. */
  deltaFor(name: string, occurrence: Occurrence): number {
    const countedBefore = occurrence.unseen && occurrence.event.firstSeenAt < this.#since(name);
    return countedBefore ? Math.min(1, occurrence.delta) : occurrence.delta;
  }

  /** The changes since the last call, each name once. */
  drain(): EntityChanges {
    return this.#journal.drain();
  }

  #since(name: string): number {
    return this.#rows.get(name)?.since ?? 0;
  }

  #set(row: RuleRow): void {
    this.#rows.set(row.name, row);
    this.#journal.put(row.name, row);
  }
}
