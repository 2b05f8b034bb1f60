import type { EventSketch } from "../support/event-sketch.ts";

/** Something happens to an object, in seconds from the start. */
export interface Happening {
  readonly at: number;
  readonly sketch: EventSketch;
}

const BURST = 25;
const REFILL_SECONDS = 300;

/**
 * The writes of the legacy recorder (client-go tools/record): each kind of event is one Event whose count goes up;
 * one bucket of 25 for each source and object, one token every five minutes, lets writes through, and the count goes on
 * while they are held back.
 */
export function legacyWrites(happenings: readonly Happening[]): readonly Happening[] {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const counts = new Map<string, number>();
  return happenings
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, sketch }) => {
      const source = `${sketch.component ?? "kubelet"}|${sketch.object}`;
      const name = `${sketch.object?.split("/").at(-1)}.${sketch.container ?? ""}.${sketch.reason}.${sketch.message ?? ""}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const before = buckets.get(source) ?? { tokens: BURST, at };
      const tokens = Math.min(BURST, before.tokens + (at - before.at) / REFILL_SECONDS);
      const passes = tokens >= 1;
      buckets.set(source, { tokens: passes ? tokens - 1 : tokens, at });
      return passes ? [{ at, sketch: { ...sketch, name, count } }] : [];
    });
}

const SERIES_REFRESH_SECONDS = 1800;

/**
 * The writes of the new recorder (client-go tools/events) for a problem that happens at these times: the first at once,
 * the second makes it a series, and from then on it is refreshed every half an hour.
 */
export function seriesWrites(times: readonly number[], sketch: EventSketch): readonly Happening[] {
  const writes: Happening[] = [];
  let refreshAt = 0;
  for (const [index, at] of times.entries()) {
    const count = index + 1;
    const isDue = index < 2 || at >= refreshAt;
    if (!isDue) continue;
    if (index >= 1) refreshAt = at + SERIES_REFRESH_SECONDS;
    const name = `${sketch.object?.split("/").at(-1)}.${sketch.reason}`;
    writes.push({ at, sketch: { ...sketch, name, count, ...(index === 0 ? {} : { series: true }) } });
  }
  return writes;
}

/** `from`, `from + every`, … up to `until`, in seconds. */
export function every(step: number, from: number, until: number): readonly number[] {
  const times: number[] = [];
  for (let at = from; at <= until; at += step) times.push(at);
  return times;
}

/** Numbers 0 to `count` - 1. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_number, index) => index);
}
