/** The time that all lifelines of a list share. Epoch milliseconds. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** The bar of one alert, in hundredths of the axis. */
export interface Lifeline {
  readonly start: number;
  readonly end: number;
  /** When it began to fire; undefined before. */
  readonly fired: number | undefined;
  /** Whether it began before the axis. */
  readonly isOlder: boolean;
}

const MINUTE = 60_000;
const SPANS = [15, 30, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 7 * 24 * 60].map((minutes) => minutes * MINUTE);

/** The share of alerts whose beginning the axis shows: one that is weeks old must not make dots of all others. */
const SHOWN_SHARE = 0.8;

/** The shortest of a few round spans that shows the beginning of nearly all alerts. @param since Epoch milliseconds. */
export function axisOf(since: readonly number[], now: number): Axis {
  const ages = since.map((at) => now - at).sort((a, b) => a - b);
  const needed = ages[Math.ceil(ages.length * SHOWN_SHARE) - 1] ?? 0;
  const span = SPANS.find((each) => each >= needed) ?? SPANS.at(-1) ?? MINUTE;
  return { from: now - span, to: now };
}

/** Where an alert lies on the axis. Epoch milliseconds. */
export function lifelineOf(
  {
    since,
    fired,
    ended,
  }: { readonly since: number; readonly fired?: number | undefined; readonly ended?: number | undefined },
  { from, to }: Axis,
): Lifeline {
  const place = (at: number): number => Math.min(100, Math.max(0, (100 * (at - from)) / (to - from)));
  const end = place(ended ?? to);
  return {
    // A bar that is a minute of a week is still to be seen.
    start: Math.max(0, Math.min(place(since), end - 2)),
    end,
    fired: fired === undefined || fired < from ? undefined : place(fired),
    isOlder: since < from,
  };
}
