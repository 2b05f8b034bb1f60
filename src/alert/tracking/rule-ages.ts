import { lastHeardOf, type Occurrence } from "../../event/index.ts";
import { toEntity } from "../entity-kinds.ts";
import type { EntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { Policy } from "../policy.ts";
import type { RuleRow } from "../state.ts";

/**
 * Since when each rule and forward has been as it is. A new or changed one sees what happens from then on: neither old
 * Events that a list shows again, nor what a counter had reached before.
 */
export class RuleAges {
  readonly #rows = new Map<string, RuleRow>();
  readonly #journal = new Journal<RuleRow>("rule", (row) => toEntity("rule", row));

  constructor(rows: readonly RuleRow[]) {
    for (const row of rows) this.#rows.set(row.name, row);
  }

  /** Takes in a policy. At the very first start `startFrom` decides what is old, so everything counts. */
  update(policy: Policy, now: number): void {
    const since = this.#rows.size === 0 ? 0 : now;
    const versions = new Map<string, string>();
    for (const rule of policy.rules.rules) versions.set(rule.name, rule.matchVersion);
    for (const forward of policy.forwards.forwards) versions.set(`forward:${forward.name}`, forward.version);
    for (const [name, version] of versions) {
      if (this.#rows.get(name)?.version !== version) this.#set({ name, version, since });
    }
    for (const [name, row] of this.#rows) {
      // A version that matches nothing: whoever comes back under this name is new.
      if (!versions.has(name) && row.version !== "") this.#set({ name, version: "", since: now });
    }
  }

  /** Whether an occurrence is the business of a rule at all. */
  concerns(name: string, occurrence: Occurrence): boolean {
    return occurrence.via === "watch" || lastHeardOf(occurrence.event) >= this.#since(name);
  }

  /** How much of an occurrence a rule may count. */
  deltaFor(name: string, occurrence: Occurrence): number {
    const countedBefore = occurrence.unseen && occurrence.event.firstSeenAt < this.#since(name);
    return countedBefore ? Math.min(1, occurrence.delta) : occurrence.delta;
  }

  /** Everything since the last call, each name once. */
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
