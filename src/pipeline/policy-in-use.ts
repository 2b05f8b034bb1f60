import type { EngineInput, Policy } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";

/** The policy that the pipeline uses: the configured one at the time of the last `adopt`. */
export class PolicyInUse {
  readonly #configured: () => Policy;
  readonly #clock: Clock;
  #current: Policy;
  #since: number;

  constructor(configured: () => Policy, clock: Clock) {
    this.#configured = configured;
    this.#clock = clock;
    this.#current = configured();
    this.#since = clock.now();
  }

  get current(): Policy {
    return this.#current;
  }

  /** Epoch milliseconds: since then the pipeline has checked every Event against its rules. */
  get since(): number {
    return this.#since;
  }

  /** Uses the configured policy from now on. @returns The input that gives it to the engine. */
  adopt(): EngineInput {
    this.#current = this.#configured();
    this.#since = this.#clock.now();
    return { kind: "policy", policy: this.#current };
  }
}
