import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { rounds } from "../support/rounds.ts";
import { DeliveryBed, ScriptedSink } from "./delivery-bed.ts";

const CONCURRENCY = 3;
const TIMEOUT_MS = 10_000;
const DAY = 86_400_000;

/** The answer of the sink to an attempt. */
type Answer =
  | { readonly is: "ok" }
  | { readonly is: "hang" }
  | {
      readonly is: "fails";
      readonly as: DeliveryError["class"];
      readonly retryAfterMs: number | undefined;
      readonly scope: DeliveryError["scope"];
    };

type Action =
  | { readonly do: "commit"; readonly groups: readonly number[] }
  | { readonly do: "answer"; readonly answers: readonly Answer[] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "trouble" | "mend" | "die" | "retry dead" };

const ANSWERS: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant("ok" as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("hang" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant("fails" as const),
      as: fc.constantFrom<DeliveryError["class"]>("transient", "poison", "broken"),
      retryAfterMs: fc.option(fc.integer({ min: 1000, max: 120_000 }), { nil: undefined }),
      scope: fc.constantFrom<DeliveryError["scope"]>("destination", "sink"),
    }),
  },
);

const ACTIONS: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("commit" as const),
        groups: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("answer" as const),
        answers: fc.array(ANSWERS, { minLength: 1, maxLength: 5 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 200_000 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("trouble", "mend", "die", "retry dead") }) },
  ),
  { minLength: 10, maxLength: 50, size: "max" },
);

/** Delivery in one life after the other, and everything that may never happen checked when it happens. */
class Story {
  readonly #path: string;
  readonly #isSplit: boolean;
  readonly #committed: { readonly id: string; readonly group: string }[] = [];
  readonly #accepted = new Set<string>();
  /** Accepted, and the store has had time to record it. */
  readonly #settled = new Set<string>();
  readonly #newestTried = new Map<string, number>();
  readonly #busy = new Set<string>();
  readonly #busyPlaces = new Set<string>();
  readonly #violations: string[] = [];
  #answers: Answer[] = [];
  /** Keyed by destination, "" for the whole sink. */
  readonly #pausedUntil = new Map<string, number>();
  #isTroubled = false;
  #bed!: DeliveryBed;
  #sink!: ScriptedSink;
  #life = 0;
  #now = 1_000_000;

  /** @param isSplit Whether the groups go to several destinations. */
  constructor(path: string, isSplit: boolean) {
    this.#path = path;
    this.#isSplit = isSplit;
  }

  async begin(): Promise<void> {
    const clock = new FakeClock(this.#now);
    this.#bed = await DeliveryBed.open(this.#path, clock);
    const { onExchange } = this.#bed;
    this.#bed.onExchange = async (results, query) => {
      if (this.#isTroubled && (results.length > 0 || query.deliveries > 0))
        throw new Error("the disk is full");
      return onExchange(results, query);
    };
    this.#sink = new ScriptedSink(clock);
    this.#busy.clear();
    this.#busyPlaces.clear();
    this.#pausedUntil.clear();
    this.#life += 1;
    const life = this.#life;
    this.#sink.onSend = ({ id }, { signal }) => this.#receive(id, life, signal);
    const timeoutMs = TIMEOUT_MS;
    this.#bed.start(
      this.#isSplit
        ? this.#bed.configureWithDestinations("ops", this.#sink, { timeoutMs, totalConcurrency: CONCURRENCY })
        : this.#bed.configure("ops", this.#sink, { timeoutMs, concurrency: CONCURRENCY }),
    );
    await clock.advance(0);
  }

  async run(action: Action): Promise<void> {
    switch (action.do) {
      case "commit":
        return this.#commit(action.groups);
      case "answer":
        this.#answers = [...action.answers];
        return;
      case "wait":
        return this.#pass(action.ms);
      case "trouble":
        this.#isTroubled = true;
        return;
      case "mend":
        this.#isTroubled = false;
        return;
      case "die":
        await this.#bed.die();
        return this.begin();
      case "retry dead":
        return this.#retryDead();
    }
  }

  /** Everything is well from now on: all that was committed has to come to an end. */
  async end(): Promise<void> {
    this.#answers = [];
    this.#isTroubled = false;
    for (let hour = 0; hour < 48; hour++) await this.#pass(DAY / 24);
    const { store } = this.#bed;
    expect(this.#violations).toEqual([]);
    const ends = new Map((await store.engine.outcomes(2000)).map(({ id, outcome }) => [id, outcome]));
    const dead = new Set((await store.queries.deadLetters({ limit: 500 })).map(({ id }) => id));
    for (const { id } of this.#committed) {
      const outcome = ends.get(id);
      expect([id, outcome]).toEqual([id, expect.stringMatching(/^(?:delivered|superseded|dead)$/u)]);
      if (outcome === "delivered") expect(this.#accepted).toContain(id);
      if (outcome === "dead") expect(dead).toContain(id);
      // A newer delivery has replaced it.
      if (outcome === "superseded") expect(this.#hasNewer(id)).toBe(true);
    }
    expect(await store.queries.deliveries({ which: "open", limit: 1 })).toMatchObject({ rows: [] });
    expect(this.#sink.mostRunning).toBeLessThanOrEqual(CONCURRENCY);
    await this.#bed.close();
  }

  #hasNewer(id: string): boolean {
    const index = this.#committed.findIndex((row) => row.id === id);
    return this.#committed.slice(index + 1).some(({ group }) => group === this.#committed[index]?.group);
  }

  async #commit(groups: readonly number[]): Promise<void> {
    const now = this.#bed.clock.now();
    const deliveries = [...new Set(groups)].map((group) => {
      const id = `d${String(this.#committed.length).padStart(4, "0")}`;
      this.#committed.push({ id, group: `g${group}` });
      const row = makeDelivery(id, { kind: "update", groupKey: `g${group}`, createdAt: now });
      const title = `${this.#destinationOf(`g${group}`)}: ${id}`;
      return { ...row, notification: { ...row.notification, title } };
    });
    await this.#bed.commit({ deliveries });
  }

  async #pass(ms: number): Promise<void> {
    await this.#bed.clock.advance(ms);
    this.#now = this.#bed.clock.now();
    if (ms < 1000 || this.#isTroubled) return;
    // Ends are gathered for 5 ms, and tried again every second.
    await this.#bed.clock.advance(2000);
    this.#now = this.#bed.clock.now();
    const ended = await this.#bed.store.engine.outcomes(2000);
    for (const { id, outcome } of ended) if (outcome === "delivered") this.#settled.add(id);
  }

  async #retryDead(): Promise<void> {
    const { store, clock } = this.#bed;
    const dead = (await store.queries.deadLetters({ limit: 500 })).map(({ id }) => id);
    for (const id of dead) this.#newestTried.delete(this.#groupOf(id));
    await store.host.deadLetters.retry(dead, clock.now());
    await clock.advance(0);
  }

  #destinationOf(group: string): string {
    return `#${Number(group.slice(1)) % 3}`;
  }

  #groupOf(id: string): string {
    return this.#committed.find((row) => row.id === id)?.group ?? "";
  }

  async #receive(id: string, life: number, signal: AbortSignal): Promise<object> {
    // An attempt of a process that is dead.
    if (life !== this.#life) return new Promise(() => undefined);
    const { clock } = this.#bed;
    const group = this.#groupOf(id);
    const number = Number(id.slice(1));
    // An error thrown here would count as an answer of the sink.
    const never = (what: string, isSo: boolean): void => {
      if (isSo) this.#violations.push(`${id}: ${what}`);
    };
    never("two at a time of one group", this.#busy.has(group));
    never("after a newer one of its group", number < (this.#newestTried.get(group) ?? 0));
    never("again, although it is settled", this.#settled.has(id));
    const place = this.#destinationOf(group);
    for (const paused of ["", place])
      never("before the time that the sink named", clock.now() < (this.#pausedUntil.get(paused) ?? 0));
    never("two at a time of one destination", this.#isSplit && this.#busyPlaces.has(place));
    this.#newestTried.set(group, number);
    this.#busy.add(group);
    this.#busyPlaces.add(place);
    try {
      return await this.#answer(place, id, signal);
    } finally {
      if (life === this.#life) {
        this.#busy.delete(group);
        this.#busyPlaces.delete(place);
      }
    }
  }

  async #answer(place: string, id: string, signal: AbortSignal): Promise<object> {
    const answer = this.#answers.shift() ?? { is: "ok" };
    await this.#bed.clock.sleep(1);
    if (answer.is === "ok") {
      this.#accepted.add(id);
      return {};
    }
    if (answer.is === "hang") {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    }
    const { as, retryAfterMs, scope } = answer;
    if (retryAfterMs !== undefined && as === "transient") {
      const paused = this.#isSplit && scope === "destination" ? place : "";
      const until = this.#bed.clock.now() + retryAfterMs;
      this.#pausedUntil.set(paused, Math.max(this.#pausedUntil.get(paused) ?? 0, until));
    }
    throw DeliveryError[as]("server", "scripted", { retryAfterMs, scope });
  }
}

describe("delivery, whatever happens", () => {
  it.each([
    { to: "one destination", isSplit: false },
    { to: "several destinations", isSplit: true },
  ])(
    "loses nothing to $to, sends one at a time of a group and in order, repeats nothing that is settled, and waits when told to",
    async ({ isSplit }) => {
      await fc.assert(
        fc.asyncProperty(ACTIONS, async (actions) => {
          const folder = mkdtempSync(join(tmpdir(), "tocsin-delivery-"));
          try {
            const story = new Story(join(folder, "tocsin.db"), isSplit);
            await story.begin();
            for (const action of actions) await story.run(action);
            await story.end();
          } finally {
            rmSync(folder, { recursive: true });
          }
        }),
        { numRuns: rounds(60) },
      );
    },
  );
});
