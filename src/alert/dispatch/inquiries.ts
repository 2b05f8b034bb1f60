import { ObjectKey } from "../../event/index.ts";
import { fairShares } from "../../lib/fair-shares.ts";
import { objectOfMember, workloadOfMember } from "../alert-objects.ts";
import type { Inquiry } from "../inquiry.ts";
import type { AlertState } from "../state.ts";

/** Objects of one alert, and of all alerts of a message, whose state is asked for. */
const MOST_OF_ALERT = 10;
const MOST_OF_MESSAGE = 50;

/** An inquiry about an object of an alert, and the age up to which a known answer is good enough; milliseconds. */
export interface AlertInquiry {
  readonly alert: AlertState;
  readonly inquiry: Inquiry;
  readonly freshMs: number;
}

/** An answer may be this old when a message is sent; milliseconds. */
export const FRESH_MS = 10_000;

/**
 * The inquiries about what a message is going to say: the workloads of each alert, then its objects with the newest
 * occurrences. An overflow alert is about no certain objects.
 *
 * @param now Epoch milliseconds.
 */
export function inquiriesAbout(alerts: readonly AlertState[], now: number): readonly AlertInquiry[] {
  const wanted = alerts.filter(({ overflow }) => overflow !== true).map((alert) => ofAlert(alert, now));
  const shares = fairShares(
    wanted.map(({ length }) => length),
    MOST_OF_MESSAGE,
  );
  return wanted.flatMap((inquiries, index) => inquiries.slice(0, shares[index]));
}

function ofAlert(alert: AlertState, now: number): readonly AlertInquiry[] {
  const open = alert.members
    .filter(({ clearedAt }) => clearedAt === undefined)
    .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  const workloads = new Set(open.filter(({ workload }) => workload !== "").map(workloadOfMember));
  const objects = new Set([...workloads, ...open.map(objectOfMember)]);
  // A happening after an answer says more than the answer.
  const freshMs = Math.max(0, Math.min(FRESH_MS, now - alert.occurredAt));
  const { kind, apiVersion } = alert.event.involvedObject;
  return [...objects].slice(0, MOST_OF_ALERT).map((object) => ({
    alert,
    freshMs,
    inquiry: {
      object,
      apiVersion: ObjectKey.parse(object).kind === kind ? apiVersion : "",
      purpose: "tell",
    },
  }));
}
