import { type AlertState, type Policy, Preview } from "../../alert/index.ts";
import { difference, lineageOf, type SeenRow, toSeenRow } from "../../event/index.ts";
import type { EventRing } from "../../ring/index.ts";
import type { Activity } from "../schemas/alert-detail.ts";
import { toInstant } from "../views/instant.ts";

const MINUTE_MS = 60_000;
const MOST_MINUTES = 60;

/** More than a ring has. */
const ALL = 100_000;

/** A name that JSON writes as it is. */
const PLAIN = /^[-.\w]+$/u;

/** Occurrences within a time. Epoch milliseconds. */
interface Counted {
  readonly from: number;
  readonly to: number;
  readonly delta: number;
}

/**
 * Counts the occurrences of an alert in each minute of the last hour. Where a state of an Event counts many, nobody knows
 * when each of them was, so they are spread evenly over the time since the state before.
 *
 * @param ring Undefined while this process has no engine. @param now Epoch milliseconds.
 * @returns Null when nothing is known of that time.
 */
export async function activityOf(
  alert: AlertState,
  ring: Pick<EventRing, "read" | "oldestAt"> | undefined,
  { policy, now }: { readonly policy: Policy; readonly now: number },
): Promise<Activity | null> {
  const oldestAt = ring?.oldestAt();
  if (ring === undefined || oldestAt === undefined) return null;
  const { rows } = await ring.read({
    since: oldestAt,
    limit: ALL,
    mayMatch: mentions(alert),
    matches: (event) => Preview.isOccurrenceOf(alert, event, { policy, now }),
  });
  // Everything that an Event stands for lies in the hour when its first happening does.
  const coverageStartAt = now - MOST_MINUTES * MINUTE_MS;
  const counted: Counted[] = [];
  const seen = new Map<string, SeenRow>();
  for (const { number, event } of rows.toSorted((a, b) => a.number - b.number)) {
    const lineage = lineageOf(0, event);
    const older = seen.get(lineage);
    // The version of a state is its place here: rings know no other order.
    const state = { ...event, resourceVersion: String(number) };
    const { delta } = difference(state, older, coverageStartAt);
    seen.set(lineage, toSeenRow(state, { lineage, older, expiresAt: Infinity }));
    counted.push({ from: older?.lastSeenAt ?? event.firstSeenAt, to: event.lastSeenAt, delta });
  }
  const known = Math.min(oldestAt, ...counted.map(({ from }) => from));
  return perMinute(counted, Math.max(known, alert.firstSeenAt), now);
}

function perMinute(counted: readonly Counted[], since: number, now: number): Activity {
  const last = Math.floor(now / MINUTE_MS);
  const first = Math.min(last, Math.max(last - MOST_MINUTES + 1, Math.floor(since / MINUTE_MS)));
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  for (const { from, to, delta } of counted) {
    // A writer's clock may be ahead.
    const end = Math.min(Math.floor(to / MINUTE_MS) - first, counts.length - 1);
    const begin = delta > 1 ? Math.min(Math.floor(from / MINUTE_MS) - first, end) : end;
    const minutes = end - begin + 1;
    const before = (minute: number): number => Math.floor((delta * (minute - begin)) / minutes);
    for (let place = Math.max(0, begin); place <= end; place++)
      counts[place] = (counts[place] ?? 0) + before(place + 1) - before(place);
  }
  return { from: toInstant(first * MINUTE_MS), stepSeconds: 60, counts };
}

/** Sorts most lines out before they are parsed: they have none of the names. Undefined where a name is no plain text. */
function mentions({ members }: AlertState): ((text: string) => boolean) | undefined {
  const names = [...new Set(members.map(({ name }) => name))];
  if (names.length === 0 || !names.every((name) => PLAIN.test(name))) return undefined;
  const any = new RegExp(names.map((name) => `"${RegExp.escape(name)}"`).join("|"), "u");
  return (text) => any.test(text);
}
