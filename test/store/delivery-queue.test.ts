import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

import { silentLogger } from "../../src/lib/log.ts";
import type { AttemptResult } from "../../src/store/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { rounds } from "../support/rounds.ts";

/** Longer than any row waits to be tried again. */
const LONG_MS = 100;

interface ModelRow {
  readonly id: string;
  readonly groupKey: string;
  readonly kind: string;
  title: string | undefined;
  state: "waiting" | "leased" | "delivered" | "superseded" | "expired" | "dead";
  opening: boolean;
  /** Attempts, with those of the openings it stands for. */
  attempts: number;
  readonly createdAt: number;
  dueAt: number;
}

type Action =
  | {
      readonly do: "commit";
      readonly group: number;
      readonly kind: "firing" | "update" | "resolved";
      readonly late: boolean;
    }
  | { readonly do: "repeat" }
  | { readonly do: "lease"; readonly limit: number }
  | {
      readonly do: "settle";
      readonly pick: number;
      readonly outcome: "delivered" | "dead" | "expired" | "retry" | "give back";
    }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" };

const actions = (restart: boolean): fc.Arbitrary<Action[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant("commit" as const),
        group: fc.nat(1),
        kind: fc.constantFrom("firing", "update", "resolved"),
        late: fc.boolean(),
      }),
      fc.record({ do: fc.constant("repeat" as const) }),
      fc.record({ do: fc.constant("lease" as const), limit: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        do: fc.constant("settle" as const),
        pick: fc.nat(1),
        outcome: fc.constantFrom("delivered", "dead", "expired", "retry", "give back"),
      }),
      fc.record({ do: fc.constant("wait" as const), ms: fc.nat(LONG_MS) }),
      ...(restart ? [fc.record({ do: fc.constant("restart" as const) })] : []),
    ),
    { minLength: 10, maxLength: 60, size: "max" },
  );

/** The contract of the queue in a few plain lines, and a store that must do the same. */
class Queue {
  readonly rows: ModelRow[] = [];
  readonly ended: string[] = [];
  now = 1000;
  store: OwnedStore;
  readonly #reopen: ((store: OwnedStore) => Promise<OwnedStore>) | undefined;
  #last: ReturnType<typeof makeDelivery> | undefined;

  constructor(store: OwnedStore, reopen?: (store: OwnedStore) => Promise<OwnedStore>) {
    this.store = store;
    this.#reopen = reopen;
  }

  async run(action: Action): Promise<void> {
    switch (action.do) {
      case "commit":
        return this.#commit(action.group, action.kind, action.late);
      case "repeat":
        if (this.#last !== undefined) await this.store.commit({ deliveries: [this.#last] });
        return;
      case "lease":
        await this.lease(action.limit);
        return;
      case "settle": {
        const leased = this.rows.filter((row) => row.state === "leased");
        const row = leased[action.pick % Math.max(1, leased.length)];
        if (row !== undefined) await this.settle(row, action.outcome);
        return;
      }
      case "wait":
        this.now += action.ms;
        return;
      case "restart":
        if (this.#reopen !== undefined) this.store = await this.#reopen(this.store);
        for (const row of this.rows)
          if (row.state === "leased") Object.assign(row, { state: "waiting", dueAt: row.createdAt });
    }
  }

  async #commit(group: number, kind: "firing" | "update" | "resolved", late: boolean): Promise<void> {
    const id = `d${String(this.rows.length).padStart(3, "0")}`;
    const title = `late ${id}`;
    const delivery = makeDelivery(id, {
      kind,
      groupKey: `g${group}`,
      createdAt: this.now,
      ifOpeningUnsent: late ? makeNotification({ id, kind, title }) : undefined,
    });
    this.#last = delivery;
    await this.store.commit({ deliveries: [delivery] });
    const replaced = this.rows.filter((row) => row.groupKey === delivery.groupKey && row.state === "waiting");
    for (const row of replaced) this.#end(row, "superseded");
    const unheard = replaced.some((row) => row.opening);
    const attempts = replaced.reduce((sum, row) => sum + (row.opening ? row.attempts : 0), 0);
    const started = attempts > 0;
    const isSilent = unheard && !started && kind === "resolved" && !late;
    const isLate = unheard && late && !(kind === "resolved" && started);
    const row: ModelRow = {
      id,
      groupKey: delivery.groupKey,
      kind,
      title: isLate ? title : `${kind} ${id}`,
      state: "waiting",
      opening: unheard || (delivery.opening && replaced.length === 0),
      attempts,
      createdAt: this.now,
      dueAt: this.now,
    };
    this.rows.push(row);
    if (isSilent) this.#end(row, "superseded");
  }

  async lease(limit: number): Promise<readonly ModelRow[]> {
    const isOpen = (row: ModelRow): boolean => row.state === "waiting" || row.state === "leased";
    const heads = [...new Set(this.rows.map((row) => row.groupKey))].flatMap((groupKey) => {
      const open = this.rows.filter((row) => row.groupKey === groupKey && isOpen(row));
      const [head] = open;
      const isFree = open.every((row) => row.state === "waiting");
      return head !== undefined && isFree && head.dueAt <= this.now ? [head] : [];
    });
    const expected = heads
      .toSorted((a, b) => a.dueAt - b.dueAt || this.rows.indexOf(a) - this.rows.indexOf(b))
      .slice(0, limit);
    const leased = await this.store.lease(this.now, { limit });
    expect(leased.map(({ id, notification }) => `${id} ${notification.title}`)).toEqual(
      expected.map((row) => `${row.id} ${row.title}`),
    );
    for (const row of expected) Object.assign(row, { state: "leased", attempts: row.attempts + 1 });
    return expected;
  }

  async settle(row: ModelRow, how: "delivered" | "dead" | "expired" | "retry" | "give back"): Promise<void> {
    const { id } = row;
    const at = this.now;
    const settlement: AttemptResult =
      how === "retry" || how === "give back"
        ? { id, outcome: "retry", at, dueAt: at + 10, started: how === "retry", error: "down" }
        : { id, outcome: how, at, error: "refused" };
    await this.store.settle([settlement]);
    if (settlement.outcome === "retry") {
      const attempts = row.attempts - (how === "give back" ? 1 : 0);
      Object.assign(row, { state: "waiting", dueAt: at + 10, attempts });
      return;
    }
    this.#end(row, settlement.outcome);
    if (how !== "dead" || !row.opening) return;
    for (const other of this.rows) {
      if (other.groupKey !== row.groupKey || other.state !== "waiting") continue;
      if (other.kind === "resolved") this.#end(other, "superseded");
      else other.opening = true;
    }
  }

  #end(row: ModelRow, state: ModelRow["state"]): void {
    row.state = state;
    this.ended.push(`${row.id} ${state}`);
  }
}

describe("the queue of deliveries", () => {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-queue-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = (path: string) => OwnedStore.open({ path, clock: new FakeClock(1000), log: silentLogger });

  async function check(queue: Queue, steps: readonly Action[]): Promise<void> {
    try {
      for (const step of steps) await queue.run(step);
      for (const row of queue.rows) if (row.state === "leased") await queue.settle(row, "give back");
      // The remaining deliveries are delivered, those of a group in their order.
      const order: string[] = [];
      for (let round = 0; round < 60; round++) {
        queue.now += LONG_MS;
        const rows = await queue.lease(2);
        for (const row of rows) {
          order.push(`${row.groupKey} ${row.id}`);
          await queue.settle(row, "delivered");
        }
      }
      for (const group of ["g0", "g1"]) {
        const sent = order.filter((entry) => entry.startsWith(group));
        expect(sent).toEqual(sent.toSorted());
      }
      const outcomes = await queue.store.engine.outcomes(1000);
      expect(outcomes.map(({ id, outcome }) => `${id} ${outcome}`).toSorted()).toEqual(
        queue.ended.toSorted(),
      );
      expect(outcomes).toHaveLength(queue.rows.length);
    } finally {
      await queue.store.close();
    }
  }

  it("does what the model says, loses nothing, leases nothing twice and ends each row once", async () => {
    await fc.assert(
      fc.asyncProperty(actions(false), async (steps) => check(new Queue(await open(":memory:")), steps)),
      { numRuns: rounds(300) },
    );
  });

  it("does so over restarts", async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(actions(true), async (steps) => {
        const path = join(folder, `${++files}.db`);
        const reopen = async (store: OwnedStore): Promise<OwnedStore> => {
          await store.close();
          const next = await open(path);
          // Earlier leases are void from here on.
          await next.outbox();
          return next;
        };
        await check(new Queue(await open(path), reopen), steps);
      }),
      { numRuns: rounds(20) },
    );
  });
});
