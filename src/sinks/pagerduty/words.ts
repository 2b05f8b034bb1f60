import type { Meaning } from "../../sink/chat/index.ts";

/** Our name for every complaint about the key: PagerDuty has sentences and no codes. */
export const WRONG_KEY = "about the routing key";

/** Whether a refusal is about the key, which comes with 400 as the faults of a message do. */
export function isWrongKey(reason: string): boolean {
  return /routing[_ ]key/iu.test(reason);
}

/** Refusals with another meaning than their status. */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    WRONG_KEY,
    {
      failure: "unauthorized",
      class: "broken",
      hint: "copy the integration key of an Events API v2 integration: 32 characters",
    },
  ],
]);
