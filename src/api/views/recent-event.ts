import { type Policy, toWireEvent } from "../../alert/index.ts";
import type { ClusterEvent } from "../../event/index.ts";
import type { RingEvent } from "../../ring/index.ts";
import type { RecentEvent } from "../schemas/recent-event.ts";

/** Makes the answer's form of an Event of the ring, by the rules of this moment. @param scrub Removes secrets. */
export function toRecentEvent(
  { event }: RingEvent,
  id: string,
  { policy, scrub }: { readonly policy: Policy; readonly scrub: (text: string) => string },
): RecentEvent {
  return {
    id,
    event: { ...toWireEvent(event), message: scrub(toWireEvent(event).message) },
    ...outcomeOf(event, policy),
  };
}

/** The part that the rules of this moment have in an Event. */
export function outcomeOf(
  event: ClusterEvent,
  { rules, forwards }: Policy,
): Pick<RecentEvent, "outcome" | "rules"> {
  const matched = rules.match(event).filter(({ state }) => state === undefined);
  const isWanted = matched.length > 0 || forwards.match(event).length > 0;
  const isDropped = !isWanted && rules.droppedBy(event) !== undefined;
  return {
    outcome: isWanted ? "matched" : isDropped ? "dropped" : "unmatched",
    rules: matched.map(({ name }) => name),
  };
}
