import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_PAUSE_MS = 20;

/**
 * Counted in polls and not in seconds: a process that gets no processor polls less often, so only a condition that
 * never comes true ends here. More than a minute on a quiet machine.
 */
const MOST_POLLS = 4000;

/**
 * Waits for what a socket, a file or another process must bring about.
 *
 * @param look Answers what was waited for, or undefined or false as long as it is not there.
 * @param said Text that helps to see why it never came, such as a log.
 * @throws {Error} when it does not come, and what `look` throws.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  said: () => string = () => "",
): Promise<Exclude<T, undefined | false>> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    const found = await look();
    // A value that is neither undefined nor false is a found one.
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    await sleep(Math.min(LONGEST_PAUSE_MS, 1 + poll));
  }
  throw new Error(`never came true: ${look.toString()}\n${said()}`);
}
