import type { ContainerLog, Fact, Inquiry } from "../alert/index.ts";
import type { DurableEngine } from "./durable-engine.ts";

/** Answers inquiries about the state of objects. Its methods never throw and never wait. */
export interface StateLookUp {
  /** @param onFact Called once for each inquiry, in any order, also before `ask` returns; never after `close`. */
  ask(inquiries: readonly Inquiry[], onFact: (fact: Fact) => void): void;
  /** Ends all that is still asked. */
  close(): void;
}

/** Reads the logs of the crashed containers of a pod. Its methods never throw and never wait. */
export interface LogLookUp {
  /** @param onLogs Called once, also before `read` returns; never after `close`. */
  read(fact: Pick<Fact, "object" | "found">, onLogs: (logs: readonly ContainerLog[]) => void): void;
  /** Ends all that is still asked. */
  close(): void;
}

/** Asks what the engine wants to know, and gives it the answers: all that have come, as one input. */
export class FactInputs {
  readonly #lookUp: StateLookUp | undefined;
  readonly #onArrival: () => void;
  #facts: Fact[] = [];

  /** @param onArrival Called when answers wait; `adopt` is to be called then. */
  constructor(lookUp: StateLookUp | undefined, onArrival: () => void) {
    this.#lookUp = lookUp;
    this.#onArrival = onArrival;
  }

  /** Asks about objects; the answers come later. */
  ask(inquiries: readonly Inquiry[]): void {
    if (inquiries.length === 0) return;
    this.#lookUp?.ask(inquiries, (fact) => {
      this.#facts.push(fact);
      this.#onArrival();
    });
  }

  /** Gives the engine the answers that wait. @throws As a step of the engine does. */
  async adopt(engine: Pick<DurableEngine, "step">): Promise<void> {
    const facts = this.#facts;
    this.#facts = [];
    if (facts.length > 0) await engine.step({ kind: "facts", facts });
  }

  close(): void {
    this.#lookUp?.close();
  }
}
