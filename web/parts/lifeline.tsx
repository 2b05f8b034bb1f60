import type { VNode } from "preact";

import { type Axis, lifelineOf } from "../model/lifelines.ts";
import type { Mark } from "../model/mark.ts";

/** Properties of a lifeline; times in epoch milliseconds. */
export interface LifelineProps {
  readonly since: number;
  readonly fired?: number | undefined;
  readonly ended?: number | undefined;
  readonly mark: Mark;
  readonly axis: Axis;
}

/** From the first occurrence to now, with a tick where it began to fire. Its row says the same in words. */
export function LifelineBar({ since, fired, ended, mark, axis }: LifelineProps): VNode {
  const line = lifelineOf({ since, fired, ended }, axis);
  return (
    <svg class={`lifeline ${mark}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <path class="track" d="M0 5H100" />
      <path class="bar" d={`M${line.start} 5H${line.end}`} />
      <path class="tick" d={line.fired === undefined ? "" : `M${line.fired} 0V10`} />
    </svg>
  );
}
