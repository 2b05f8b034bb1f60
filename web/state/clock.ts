import { signal } from "@preact/signals";

/** How often ages on the page are written anew, milliseconds. */
const TICK_MS = 5000;

/** The bridge's clock minus the browser's, milliseconds: a laptop that is wrong must not make an alert look old. */
let offset = 0;

/** The time of the bridge, epoch milliseconds; it moves on every few seconds. */
export const now = signal(Date.now());

/** Learns the time from an answer of the bridge. @param at RFC 3339. */
export function setClock(at: string): void {
  offset = Date.parse(at) - Date.now();
  now.value = Date.now() + offset;
}

/** Lets the clock go. */
export function startClock(): void {
  setInterval(() => {
    now.value = Date.now() + offset;
  }, TICK_MS);
}
