import type { Hold } from "../hold.ts";
import type { RouteHours } from "../route.ts";

/** Whether a route tells nobody now. @param now Epoch milliseconds. */
export function muteOf({ mute, active }: RouteHours, now: number): Hold | undefined {
  if (active.length > 0 && !active.some(({ interval }) => interval.isOn(now))) {
    const until = Math.min(...active.map(({ interval }) => interval.changesAt(now)));
    return { reason: "mute", by: `outside of ${active.map(({ name }) => name).join(", ")}`, until };
  }
  const on = mute.find(({ interval }) => interval.isOn(now));
  return on === undefined ? undefined : { reason: "mute", by: on.name, until: on.interval.changesAt(now) };
}
