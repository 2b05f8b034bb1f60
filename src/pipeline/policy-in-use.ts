import type { EngineInput, Policy } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";

/** The policy that the pipeline works by: the configured one, as of the last adoption. */
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

  /** Epoch milliseconds: since then everything that its rules want has been looked at. */
  get since(): number {
    return this.#since;
  }

  /** Takes the configured policy into use; the engine has to be given the answer. */
  adopt(): EngineInput {
    this.#current = this.#configured();
    this.#since = this.#clock.now();
    return { kind: "policy", policy: this.#current };
  }
}
