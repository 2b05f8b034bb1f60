import { describe, expect, it } from "vitest";

import type { EngineInput, Fact, Inquiry } from "../../src/alert/index.ts";
import { FactInputs } from "../../src/pipeline/fact-inputs.ts";

const inquiry = (object: string): Inquiry => ({ object, apiVersion: "v1", purpose: "tell" });
const gone = (object: string): Fact => ({ object, at: 1, found: "gone" });

/** Look-ups that answer when the test says so. */
class Answers {
  readonly asked: string[] = [];
  isClosed = false;
  #onFact: (fact: Fact) => void = () => undefined;

  ask(inquiries: readonly Inquiry[], onFact: (fact: Fact) => void): void {
    this.asked.push(...inquiries.map(({ object }) => object));
    this.#onFact = onFact;
  }

  arrive(...objects: readonly string[]): void {
    for (const object of objects) this.#onFact(gone(object));
  }

  close(): void {
    this.isClosed = true;
  }
}

describe("facts", () => {
  it("that have come are one input, and each is given once", async () => {
    const answers = new Answers();
    const inputs: EngineInput[] = [];
    const engine = { step: async (input: EngineInput) => void inputs.push(input) };
    let arrivals = 0;
    const facts = new FactInputs(answers, () => arrivals++);
    facts.ask([inquiry("a"), inquiry("b"), inquiry("c")]);
    answers.arrive("b", "a");
    expect(arrivals).toBe(2);
    await facts.adopt(engine);
    await facts.adopt(engine);
    answers.arrive("c");
    await facts.adopt(engine);
    expect(inputs).toEqual([
      { kind: "facts", facts: [gone("b"), gone("a")] },
      { kind: "facts", facts: [gone("c")] },
    ]);
  });

  it("are asked for only where there are inquiries, and no more at the end", () => {
    const answers = new Answers();
    const facts = new FactInputs(answers, () => undefined);
    facts.ask([]);
    expect(answers.asked).toEqual([]);
    facts.close();
    expect(answers.isClosed).toBe(true);
    new FactInputs(undefined, () => undefined).ask([inquiry("a")]);
  });
});
