import * as fc from "fast-check";
import { expect, it } from "vitest";

import type { Notification } from "../../../src/alert/index.ts";
import type { StepFailure, ThreadAbilities } from "../../../src/sink/thread/index.ts";
import { rounds } from "../../support/rounds.ts";
import { messageTo, ThreadBed } from "./thread-bed.ts";

const GROUPS = ["a", "b", "c"];

/** A step of the story: messages for groups, or one attempt of the oldest waiting one. */
type Action =
  | {
      readonly do: "tell";
      readonly groups: readonly string[];
      readonly kind: Notification["kind"];
      readonly severity: "critical" | "warning";
    }
  | { readonly do: "work"; readonly failure: StepFailure | undefined; readonly hasTime: boolean };

const ACTIONS: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("tell" as const),
      groups: fc.subarray(GROUPS, { minLength: 1 }),
      kind: fc.constantFrom<Notification["kind"]>("firing", "update", "repeat", "resolved", "digest"),
      severity: fc.constantFrom("critical" as const, "warning" as const),
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("work" as const),
        failure: fc.option(fc.constantFrom<StepFailure>("lost", "refused", "later", "held"), {
          nil: undefined,
          freq: 3,
        }),
        hasTime: fc.boolean(),
      }),
    },
  ),
  { maxLength: 40 },
);

const ABILITIES: fc.Arbitrary<ThreadAbilities> = fc.record({
  thread: fc.boolean(),
  edit: fc.boolean(),
  quietEdits: fc.boolean(),
  broadcast: fc.boolean(),
});

/** A row of the outbox: a message for one group. */
interface Row {
  readonly group: string;
  readonly bundle: number;
  readonly news: Partial<Notification>;
  remaining?: unknown;
}

/** The outbox, as far as it matters here: one waiting row per group, and bundles. */
class Outbox {
  readonly bed = new ThreadBed();
  /** Groups whose end was delivered, or that were never told anything. */
  readonly over = new Set(GROUPS);
  /** Keyed by parent: the groups that it was made for. */
  readonly madeFor = new Map<string, readonly string[]>();
  #rows: Row[] = [];
  #told = 0;

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  tell({ groups, kind, severity }: Extract<Action, { do: "tell" }>): void {
    const bundle = (this.#told += 1);
    this.#rows = this.#rows.filter(({ group }) => !groups.includes(group));
    for (const group of groups) this.#rows.push({ group, bundle, news: { kind, severity } });
  }

  /** Makes one attempt for the oldest row and those that share its message. */
  async work(): Promise<void> {
    const [first] = this.#rows;
    if (first === undefined) return;
    const keyOf = ({ group, bundle, remaining }: Row): string =>
      JSON.stringify([bundle, this.bed.memories.get(group), remaining]);
    const rows = this.#rows.filter((row) => keyOf(row) === keyOf(first));
    const groups = rows.map(({ group }) => group);
    const id = `${first.bundle} for ${rows.map(({ group }) => group).join()}`;
    const { remaining, isDead } = await this.#attempt(messageTo(groups, { ...first.news, id }), rows);
    for (const thread of this.bed.parents.keys())
      if (!this.madeFor.has(thread)) this.madeFor.set(thread, groups);
    for (const row of rows) row.remaining = remaining;
    if (remaining !== undefined && !isDead) return;
    this.#rows = this.#rows.filter((row) => !rows.includes(row));
    if (isDead || first.news.kind === "digest") return;
    for (const group of groups)
      if (first.news.kind === "resolved") this.over.add(group);
      else this.over.delete(group);
  }

  async #attempt(
    notification: Notification,
    rows: readonly Row[],
  ): Promise<{ readonly remaining: unknown; readonly isDead: boolean }> {
    const before = rows[0]?.remaining;
    try {
      const groups = rows.map(({ group }) => group);
      const { remaining } = await this.bed.attempt(notification, groups, before);
      return { remaining, isDead: false };
    } catch (thrown) {
      const isDead = thrown instanceof Error && thrown.message === "refused";
      return { remaining: before ?? "nothing yet", isDead };
    }
  }

  /** Parents that show trouble although no group goes on under them. */
  lies(): readonly string[] {
    return [...this.bed.parents]
      .filter(([thread, { shows }]) => shows === "trouble" && !this.bed.givenUp.has(thread))
      .map(([thread]) => thread)
      .filter((thread) => (this.madeFor.get(thread) ?? []).every((group) => this.#hasLeft(group, thread)));
  }

  /**
   * Whether the group is over, or goes on under another parent, so that this one is wrong. One that it still remembers,
   * after a message that was refused, is changed by its next message; a full memory has given up the oldest ones.
   */
  #hasLeft(group: string, thread: string): boolean {
    if (this.over.has(group)) return true;
    const { thread: own, left = [] } = this.bed.memoryOf(group) ?? {};
    return own !== thread && !left.includes(thread) && left.length < 3;
  }
}

it("any messages with any failures say nothing twice, and leave no parent that shows trouble after its end", async () => {
  await fc.assert(
    fc.asyncProperty(ACTIONS, ABILITIES, async (actions, abilities) => {
      const outbox = new Outbox();
      outbox.bed.abilities = abilities;
      for (const action of actions) {
        if (action.do === "tell") outbox.tell(action);
        else {
          outbox.bed.failures = action.failure === undefined ? [] : [action.failure];
          outbox.bed.hasTimeForEdits = action.hasTime;
          await outbox.work();
        }
        for (const memory of outbox.bed.memories.values()) expect(memory.length).toBeLessThanOrEqual(300);
      }
      outbox.bed.failures = [];
      while (!outbox.isEmpty) await outbox.work();
      expect(new Set(outbox.bed.said).size).toBe(outbox.bed.said.length);
      expect(abilities.edit ? outbox.lies() : []).toEqual([]);
    }),
    { numRuns: rounds(2000) },
  );
});
