import type { View } from "./snapshots.ts";
import type { Stage } from "./stage.ts";

/** Trouble that really happens, what is so meanwhile, and what must be said of it. */
export interface Incident {
  /** Also the namespace and the lane of its messages. */
  readonly name: string;
  /** Whether it belongs to the short set. */
  readonly isShort?: true;
  /** Whether it is told is an aim yet, held with the others of aims.ts. */
  readonly isAim?: true;
  /** Whether it takes minutes by nature until it can be told. */
  readonly isSlow?: true;
  /** The node on which it plays; `node-1` unless it is about the node itself. Those of one node play one by one. */
  readonly node?: string;
  /** Makes everything well before; leaves nothing to be told. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  readonly cause: (stage: Stage) => Promise<void>;
  /** Left out where nothing can be repaired. */
  readonly repair?: (stage: Stage) => Promise<void>;
  /** The same trouble once more, after its repair; it must be told again. */
  readonly again?: (stage: Stage) => Promise<void>;
  /** Whether the trouble is there, by the status of objects. */
  readonly isSo: (view: View) => boolean;
  /** Rules that may tell it. */
  readonly rules: RegExp;
  /** Words of the cause, each of which the first message should have. */
  readonly names: readonly RegExp[];
  /** Whether messages about it may have the last lines of its containers; `names` has some of them. */
  readonly hasLogs?: true;
  /** Words that no message may have. */
  readonly hides?: RegExp;
  /** Whether it has no end by nature: what happened has happened. */
  readonly isPoint?: true;
}
