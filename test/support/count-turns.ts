import { setImmediate } from "node:timers/promises";

/** Counts the turns that the event loop takes while some work runs. */
export async function countTurns<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly turns: number; readonly result: Result }> {
  const count = { turns: 0, isDone: false };
  const turning = (async () => {
    while (!count.isDone) {
      await setImmediate();
      count.turns += 1;
    }
  })();
  try {
    const result = await work();
    return { result, turns: count.turns };
  } finally {
    count.isDone = true;
    await turning;
  }
}
