import type { InquiryPurpose } from "../alert/index.ts";
import type { QueueFigures } from "./look-up-metrics.ts";

/** How many wait for each purpose, and how long. @param now As `since`. */
export function figuresOf(
  waiting: Iterable<{ readonly purpose: InquiryPurpose; readonly since: number }>,
  now: number,
): Readonly<Record<InquiryPurpose, QueueFigures>> {
  const figures: Record<InquiryPurpose, QueueFigures> = { tell: NONE, end: NONE, hint: NONE, watch: NONE };
  for (const { purpose, since } of waiting) {
    const { waiting: before, oldestMs } = figures[purpose];
    figures[purpose] = { waiting: before + 1, oldestMs: Math.max(oldestMs, now - since) };
  }
  return figures;
}

const NONE: QueueFigures = { waiting: 0, oldestMs: 0 };
