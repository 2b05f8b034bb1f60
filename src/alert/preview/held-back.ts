import type { Severity } from "../../lib/severity.ts";
import type { HeldByCause, Hold } from "../hold.ts";

/** Something that keeps an event from a message now, or from one of its sinks. */
export type HeldBack =
  | {
      /** Too few within the window of the rule. */
      readonly reason: "threshold";
      readonly counts: "occurrences" | "objects";
      readonly has: number;
      readonly needs: number;
    }
  | {
      /** The rule waits this long, in milliseconds, before the alert fires. */
      readonly reason: "for";
      readonly ms: number;
    }
  | {
      /** The alert is less severe than this sink's `minSeverity`. */
      readonly reason: "min_severity";
      readonly sink: string;
      readonly severity: Severity;
    }
  | (Pick<Hold, "reason" | "by" | "until"> & {
      /** Of an inhibition. */
      readonly cause?: HeldByCause | undefined;
    });
