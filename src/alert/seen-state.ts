import type { Member } from "./state.ts";

/** The knowledge that an engine has now of the state of the objects of an alert. Nothing of it is stored. */
export interface SeenState {
  /**
   * The conclusion: its problem is `over`; all is well and counts as proof soon (`waiting`); an object has it (`sick`);
   * its objects are gone, but their workload is not as it should be (`unsettled`); or too little is known.
   */
  readonly judgement: "over" | "waiting" | "sick" | "unsettled" | "unknown";
  /** At most 10 of those that nothing has cleared, those with the problem first. */
  readonly objects: readonly SeenObject[];
  /** When its messages stop to wait for the state of objects, epoch milliseconds; undefined when none waits. */
  readonly checkingUntil: number | undefined;
}

/** One object of an alert, and container. Times are epoch milliseconds. */
export interface SeenObject extends Pick<Member, "kind" | "namespace" | "name" | "container"> {
  readonly verdict: "gone" | "replaced" | "healthy" | "waiting" | "unhealthy" | "unknown";
  /** When its state was read last; undefined for never. */
  readonly seenAt: number | undefined;
  /** When it was asked for last, also without an answer that says something; undefined for never. */
  readonly askedAt: number | undefined;
}
