import {
  type Changes,
  type DeliveryOutcome,
  Engine,
  type EngineInput,
  type EngineOptions,
  type Fact,
  type Inquiry,
  type NewDelivery,
  type StoredEntity,
} from "../alert/index.ts";
import { type Bundle, bundlesOf } from "./bundles.ts";

/** The consumers of what an engine puts out. `at` is epoch milliseconds of virtual time. */
export interface VirtualWorld {
  /** The state that it goes on from; none by default. */
  readonly stored?: readonly StoredEntity[];
  /** Called for each step, before its deliveries. */
  readonly commit?: (changes: Changes) => void;
  /**
   * Called for each message that leaves the engine, with its deliveries: several where it tells several groups.
   *
   * @returns How they end at once; undefined: not yet.
   */
  readonly deliver: (deliveries: Bundle, at: number) => DeliveryOutcome["outcome"] | undefined;
  /**
   * Answers an inquiry. Nobody is asked where it is missing.
   *
   * @returns Undefined: not yet, or never.
   */
  readonly answer?: ((inquiry: Inquiry, at: number) => Fact | undefined) | undefined;
}

/** An engine in virtual time: each timer runs at the moment when it is due, and nothing waits. */
export class VirtualEngine {
  readonly engine: Engine;
  readonly #world: VirtualWorld;
  #now: number;

  /** @param options `now`: virtual time begins here. */
  constructor(options: EngineOptions, world: VirtualWorld) {
    this.engine = new Engine({ asks: world.answer !== undefined, ...options });
    this.#world = world;
    this.#now = options.now;
    this.engine.load(world.stored ?? []);
    this.step({ kind: "policy", policy: options.policy });
  }

  /** Epoch milliseconds of virtual time. */
  get now(): number {
    return this.#now;
  }

  /** Gives the engine an input now. The ends of its deliveries, and the answers to its inquiries, are further inputs. */
  step(input: EngineInput): Changes {
    const changes = this.engine.step(input, this.#now);
    this.#world.commit?.(changes);
    for (const bundle of bundlesOf(changes.deliveries)) {
      const outcome = this.#world.deliver(bundle, this.#now);
      if (outcome !== undefined) for (const delivery of bundle) this.settle(delivery, outcome);
    }
    this.#answer(changes.inquiries);
    return changes;
  }

  #answer(inquiries: readonly Inquiry[]): void {
    const facts = inquiries.flatMap((inquiry) => this.#world.answer?.(inquiry, this.#now) ?? []);
    if (facts.length > 0) this.step({ kind: "facts", facts });
  }

  /** Ends a delivery now. */
  settle({ id, sink, groupKey, notification }: NewDelivery, outcome: DeliveryOutcome["outcome"]): void {
    const { kind, alerts } = notification;
    const firing = alerts.flatMap(({ fingerprint, status }) => (status === "firing" ? [fingerprint] : []));
    this.step({
      kind: "outcomes",
      outcomes: [{ id, sink, groupKey, kind, outcome, firing, at: this.#now }],
    });
  }

  /** Lets virtual time pass. @param end Epoch milliseconds; earlier than now changes nothing. */
  until(end: number): void {
    for (let due = this.engine.nextDueAt(); due !== undefined && due <= end; due = this.engine.nextDueAt()) {
      this.#now = Math.max(this.#now, due);
      this.step({ kind: "timers" });
    }
    this.#now = Math.max(this.#now, end);
  }
}
