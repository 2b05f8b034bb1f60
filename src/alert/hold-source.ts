import type { AlertReader } from "./alert-reader.ts";
import type { EngineInput } from "./engine-input.ts";
import type { EntityChanges } from "./entity.ts";
import type { Hold, HoldReason } from "./hold.ts";
import type { Fact } from "./inquiry.ts";
import type { AlertNews } from "./news.ts";
import type { RouteHours } from "./route.ts";
import type { AlertState } from "./state.ts";

/** The context of a question for a hold. */
export interface HoldQuestion {
  /** The route of the group in question; undefined when its route is unknown. */
  readonly route: RouteHours | undefined;
  readonly alerts: Pick<AlertReader, "get">;
  /** The newest known state of an object, by its key; missing where no states are known. */
  readonly factOf?: ((object: string) => Pick<Fact, "at" | "found"> | undefined) | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The time of an input or of news, and the alerts at that time. */
export interface HoldMoment {
  readonly alerts: AlertReader;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One kind of hold. */
export interface HoldSource {
  readonly reason: HoldReason;
  /** The hold of this kind on an alert now. Changes nothing. */
  holdOf(alert: AlertState, question: HoldQuestion): Hold | undefined;
  /** Handles an input. @returns Whether held alerts may be free now. */
  take?(input: EngineInput, moment: HoldMoment): boolean;
  /** Handles news of an alert. */
  hear?(news: AlertNews, moment: HoldMoment): void;
  /** Records that a hold has kept a message back. @param by See `Hold`. */
  recordUse?(by: string, now: number): void;
  /** The changes to store since the last call, each key once. */
  drain?(): EntityChanges;
}
