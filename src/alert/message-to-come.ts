import type { HeldByCause, HoldReason } from "./hold.ts";
import type { DigestCause } from "./sink-load.ts";

/**
 * The end of the wait of a message. `threshold` and `for` are those of its rule, `groupWait` and `groupInterval` those of its
 * route. `state`: the state of its objects. `others`: groups of the same rule that are due soon. `step`: its sink was told
 * of the rule shortly before. `end`: an end, which waits for others. `min_severity`: its sink wants it more severe.
 */
export type WaitsFor =
  | "threshold"
  | "for"
  | "groupWait"
  | "groupInterval"
  | "state"
  | "others"
  | "step"
  | "end"
  | "min_severity"
  | { readonly digest: DigestCause }
  | { readonly hold: HoldReason; readonly by: string; readonly cause: HeldByCause | undefined };

/** A message about an alert that is not made yet. */
export interface MessageToCome {
  /** Key of the group; undefined for an alert that does not fire yet, as for `sink`. */
  readonly groupKey: string | undefined;
  readonly sink: string | undefined;
  readonly waitsFor: WaitsFor;
  /** When the wait ends by itself, epoch milliseconds; undefined where only something new ends it. */
  readonly at: number | undefined;
}
