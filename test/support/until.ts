import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 5;

/**
 * Counted in polls and not in seconds: a process that gets no processor polls less often, so only a condition that
 * never comes true ends here. A minute on a quiet machine.
 */
const MOST_POLLS = 12_000;

/**
 * Waits for what a socket, a file or another process must bring about.
 *
 * @param said Text that helps to see why it never came true, such as a log.
 * @throws {Error} when the condition does not come true.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  said: () => string = () => "",
): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    if (await holds()) return;
    await sleep(PAUSE_MS);
  }
  throw new Error(`never came true: ${holds.toString()}\n${said()}`);
}
