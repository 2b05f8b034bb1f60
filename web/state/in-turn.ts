/**
 * Makes work that is never done twice at once: asked for while it runs, it is done once more afterwards, however often
 * it was asked for. Each answer settles with work that began after its question.
 */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  const startNext = (): Promise<void> => {
    next = undefined;
    return start();
  };
  return () => {
    if (running === undefined && next === undefined) return start();
    next ??= (running ?? Promise.resolve()).then(startNext, startNext);
    return next;
  };
}
