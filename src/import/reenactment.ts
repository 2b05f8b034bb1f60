import type { ClusterEvent, RawEvent } from "../event/index.ts";

/** The decision of another tool about one recorded state of an Event. */
export interface Reenacted {
  /** Each as often as it gets the Event. */
  readonly receivers: readonly string[];
  /** The reason why the tool did not look at it, such as `updates`; undefined when it did. */
  readonly ignored: string | undefined;
  /** The receivers without that reason. */
  readonly wouldBe: readonly string[];
}

/** One difference between the tool and the configuration here. */
export interface Difference {
  readonly receiver: string;
  /** Whether the Event goes there by the configuration here, and did not by the tool; else the other way round. */
  readonly isHere: boolean;
}

/** Another tool, played again: it is asked about the states of a recording in their order. */
export interface Reenactment {
  /** The names of all receivers. */
  readonly receivers: readonly string[];
  /** @param at When the state came; epoch milliseconds. */
  decide(raw: RawEvent, event: ClusterEvent, at: number): Reenacted;
  /** A word for the reason of a difference: one of `DIFFERENCE_REASONS`. */
  explain(raw: RawEvent, event: ClusterEvent, difference: Difference): string;
}

/** Reasons of differences, with a sentence for people. */
export const DIFFERENCE_REASONS: Readonly<Record<string, string>> = {
  updates:
    "a repeat of an Event, which the tool ignores; here it is a further record, or counts for the alert",
  age: "it came too late for the tool, which discards old Events",
  namespace: "it lies in a namespace that the tool does not watch",
  "may-repeat": "the tool sends it several times, by several routes",
  "component-new-style": "the tool reads the writer of older Events alone",
  "min-count": "the tool reads no count of newer Events",
  "message-prefix":
    'the tool sees "(combined from similar events): " before the message, which is taken away here',
  "not-news": "a state that says nothing new: no record, and no occurrence",
  configuration: "the two configurations differ",
};
