import type { AlertReader } from "./alert-reader.ts";
import type { EngineInput } from "./engine-input.ts";
import type { EntityChanges } from "./entity.ts";
import type { Hold, HoldReason } from "./hold.ts";
import type { AlertNews } from "./news.ts";
import type { RouteHours } from "./route.ts";
import type { AlertState } from "./state.ts";

/** What a source of holds is asked with. */
export interface HoldQuestion {
  /** Of the group that asks; undefined when no route of it is known. */
  readonly route: RouteHours | undefined;
  readonly alerts: Pick<AlertReader, "get">;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** When, and among which alerts, something happens. */
export interface HoldMoment {
  readonly alerts: AlertReader;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One kind of hold. */
export interface HoldSource {
  readonly reason: HoldReason;
  /** What holds an alert back now. Changes nothing. */
  holdOf(alert: AlertState, question: HoldQuestion): Hold | undefined;
  /** Takes in an input. @returns Whether alerts that are held back may be free now. */
  take?(input: EngineInput, moment: HoldMoment): boolean;
  /** Hears what has become of an alert. */
  hear?(news: AlertNews, moment: HoldMoment): void;
  /** A hold has kept a message back. @param by See `Hold`. */
  recordUse?(by: string, now: number): void;
  /** Everything that is to be stored since the last call, each key once. */
  drain?(): EntityChanges;
}
