import type { Finding } from "./finding.ts";
import type { Fault } from "./schema.ts";

/** Knows the position of each value in a text or an object of a user. */
export interface Locator {
  /** As the user named it: a file, or an object of a cluster. */
  readonly file: string;
  /** Turns faults of the value into findings with positions, in the order of the text. */
  locate(faults: readonly Fault[]): readonly Finding[];
}
