import { signal } from "@preact/signals";

/** How often ages on the page are written anew, milliseconds. */
const TICK_MS = 5000;

/** Two answers must be so far apart, milliseconds, to tell how fast the bridge's clock runs. */
const MEASURED_OVER_MS = 2000;

/** A clock that runs less than so many times as fast as the browser's runs as fast as that, and only wavers. */
const LEAST_SPEED = 2;

/** When the bridge said its time, and its time then: a laptop that is wrong must not make an alert look old. */
let heard = { here: Date.now(), there: Date.now() };

/** The answer that the speed was measured from last. */
let measured: typeof heard | undefined;

/** How fast the bridge's clock runs beside the browser's; a demo plays half an hour in two minutes. */
let speed = 1;

/** The time of the bridge, epoch milliseconds; it moves on every few seconds. */
export const now = signal(Date.now());

/** Learns the time from an answer of the bridge. @param at RFC 3339. */
export function setClock(at: string): void {
  heard = { here: Date.now(), there: Date.parse(at) };
  const passed = heard.here - (measured?.here ?? heard.here);
  if (measured !== undefined && passed >= MEASURED_OVER_MS) {
    const times = (heard.there - measured.there) / passed;
    speed = times < LEAST_SPEED ? 1 : times;
  }
  if (measured === undefined || passed >= MEASURED_OVER_MS) measured = heard;
  tick();
}

/** Lets the clock go. */
export function startClock(): void {
  setInterval(tick, TICK_MS);
}

function tick(): void {
  now.value = heard.there + (Date.now() - heard.here) * speed;
}
