import type { HoldSource } from "../hold-source.ts";
import type { Hold } from "../hold.ts";
import type { RouteHours } from "../route.ts";

/** The hold by mute timings: hours in which a route sends nothing. */
export const mute: HoldSource = {
  reason: "mute",
  holdOf: (_alert, { route, now }) => (route === undefined ? undefined : muteOf(route, now)),
};

/** The mute timing that keeps a route from sending now; undefined for none. @param now Epoch milliseconds. */
export function muteOf({ mute, active }: RouteHours, now: number): Hold | undefined {
  if (active.length > 0 && !active.some(({ interval }) => interval.isOn(now))) {
    const until = Math.min(...active.map(({ interval }) => interval.changesAt(now)));
    return { reason: "mute", by: `outside of ${active.map(({ name }) => name).join(", ")}`, until };
  }
  const on = mute.find(({ interval }) => interval.isOn(now));
  return on === undefined ? undefined : { reason: "mute", by: on.name, until: on.interval.changesAt(now) };
}
