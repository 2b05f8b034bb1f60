import { setImmediate } from "node:timers/promises";

/**
 * Runs a long question stride by stride; other work runs in between.
 *
 * @param steps Pauses behind each stride. @param read Runs one stride.
 */
export async function inStrides<Result>(
  steps: Generator<void, Result>,
  read: <Step>(work: () => Step) => Step,
): Promise<Result> {
  for (;;) {
    const step = read(() => steps.next());
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
