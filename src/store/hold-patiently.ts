import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Holding } from "./store-host.ts";

const RETRY_MS = 1000;

/** How to wait for a holding. */
export interface PatienceOptions {
  /** For the log: `engine/0`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Hears the error when the store refuses to say who holds the part, and "" when it works again. */
  readonly onTrouble?: ((error: string) => void) | undefined;
}

/** Waits for a holding; a store that does not work is asked again each second. Undefined when the signal aborts first. */
export async function holdPatiently<H extends Holding>(
  hold: (signal: AbortSignal) => Promise<H>,
  { name, clock, log, signal, onTrouble = () => undefined }: PatienceOptions,
): Promise<H | undefined> {
  for (let logged = ""; !signal.aborted;) {
    try {
      const holding = await hold(signal);
      onTrouble("");
      return holding;
    } catch (error) {
      if (signal.aborted) return undefined;
      const text = errorText(error);
      if (text !== logged)
        log.error("the store does not say who holds a part; asking again", { name, error: text });
      logged = text;
      onTrouble(text);
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
  return undefined;
}
