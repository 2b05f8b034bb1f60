import type { Fact } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { StateLookUp } from "./fact-inputs.ts";
import type { StateFinder } from "./state-clauses.ts";

/** Longest wait for the states of a batch: all other Events wait as well. */
const LONGEST_WAIT_MS = 1000;

/** Objects of one batch that are looked up; of the others nothing is known. The engine needs the budget as well. */
const MOST_OBJECTS = 50;

/**
 * Finds states by the look-ups of the engine, within their budget. It takes no answer from before: an Event says that
 * the object has just changed.
 */
export function createStateFinder(
  lookUp: Pick<StateLookUp, "ask">,
  clock: Pick<Clock, "after">,
): StateFinder {
  return {
    find: (objects) =>
      new Promise((resolve) => {
        const found = new Map<string, Fact["found"]>();
        const asked = objects.slice(0, MOST_OBJECTS);
        let missing = asked.length;
        const cancel = clock.after(LONGEST_WAIT_MS, () => resolve(found));
        const inquiries = asked.map((each) => ({ ...each, purpose: "hint" as const }));
        lookUp.ask(inquiries, (fact) => {
          found.set(fact.object, fact.found);
          missing -= 1;
          if (missing > 0) return;
          cancel();
          resolve(found);
        });
      }),
  };
}
