import { signal } from "@preact/signals";

/** How often ages on the page are written anew, milliseconds. */
const TICK_MS = 5000;

/** Two answers must be so far apart, milliseconds, to tell how fast the bridge's clock runs. */
const MEASURED_OVER_MS = 2000;

/** A clock that runs less than so many times as fast as the browser's runs as fast as that, and only wavers. */
const LEAST_SPEED = 2;

/** Two times of the same moment, epoch milliseconds. */
interface Moment {
  /** By the browser's clock. */
  readonly here: number;
  /** By the bridge's. */
  readonly there: number;
}

/** When the bridge said its time, and its time then: a laptop that is wrong must not make an alert look old. */
let heard: Moment = { here: Date.now(), there: Date.now() };

/** The answer from which the next measurement begins. */
let begin: Moment | undefined;

/** How many times as fast as the browser's clock the bridge's ran when it was last measured. */
let times = 1;

/** How fast the bridge's clock is taken to run; a demo plays half an hour in two minutes. */
let speed = 1;

/** The time of the bridge, epoch milliseconds; it moves on every few seconds. */
export const now = signal(Date.now());

/** Learns the time from an answer of the bridge. @param at RFC 3339. */
export function setClock(at: string): void {
  heard = { here: Date.now(), there: Date.parse(at) };
  begin ??= heard;
  const passed = heard.here - begin.here;
  if (passed >= MEASURED_OVER_MS) {
    measure((heard.there - begin.there) / passed);
    begin = heard;
  }
  tick();
}

/** A clock that was set seems fast once; one that is fast is so twice in a row. */
function measure(next: number): void {
  speed = Math.min(times, next) < LEAST_SPEED ? 1 : next;
  times = next;
}

/** Lets the clock go. */
export function startClock(): void {
  setInterval(tick, TICK_MS);
}

function tick(): void {
  now.value = heard.there + (Date.now() - heard.here) * speed;
}
