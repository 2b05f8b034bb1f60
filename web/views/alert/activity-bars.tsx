import type { VNode } from "preact";

import type { Activity } from "../../../src/api/schemas/alert-detail.ts";
import { countOf } from "../../model/numbers.ts";

/** A picture of two minutes is still one of half an hour. */
const LEAST_MINUTES = 30;

/** Occurrences in each minute of the last hour, the running one last. */
export function ActivityBars({ activity: { counts } }: { readonly activity: Activity }): VNode | null {
  const most = Math.max(...counts);
  if (most <= 0) return null;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // One path: sixty elements for a picture would be many.
  const before = Math.max(0, LEAST_MINUTES - counts.length);
  const bars = counts
    .map((count, minute) => (count === 0 ? "" : `M${before + minute + 0.5} 20v${(-19 * count) / most - 1}`))
    .join("");
  return (
    <figure>
      <svg
        class="activity"
        viewBox={`0 0 ${before + counts.length} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${countOf(total, "occurrence")} in ${countOf(counts.length, "minute")}, ${most} in the busiest one`}
      >
        <path d={bars} />
      </svg>
      <figcaption>
        <span>{before + counts.length} min ago</span>
        <span>{countOf(most, "occurrence")} in the busiest minute</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
