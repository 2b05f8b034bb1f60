import { TIMING } from "./timing.ts";
import type { Trouble, TroubleKind } from "./trouble.ts";

/** The end of a watch. */
export interface WatchEnd {
  /** Undefined for a clean end. */
  readonly trouble: Trouble | undefined;
  /** Milliseconds from the request to the end. */
  readonly livedMs: number;
}

/** Facts besides the end itself. */
export interface History {
  /** Whether the watch showed a version that was never seen before. */
  readonly progressed: boolean;
  /** Failures of this kind at this position within the last minute, this one included. */
  readonly failuresHere: number;
  /** Milliseconds since a list ended, or its end was attempted; infinite for never. */
  readonly sinceListMs: number;
}

/** The reason of a list. */
export type ListCause =
  | "cold"
  | "gone"
  | "rewound"
  | "safety"
  | "server"
  | "garbled"
  | "rejected"
  | "unordered";

/** The next step: `probe` is a watch that first asks whether the server still knows the position. */
export type Step = { readonly do: "watch" | "probe" } | { readonly do: "list"; readonly cause: ListCause };

/** A step, and the wait before it. */
export interface Decision {
  readonly step: Step;
  /** `backoff` waits long, for failures that only a person can mend. */
  readonly wait: "none" | "backoff";
}

/** Decides the next step after the end of a watch, and whether to wait first. */
export function decideAfter({ trouble, livedMs }: WatchEnd, history: History): Decision {
  // The watcher waits longer and longer before it repeats a watch that ends at once.
  const wait = livedMs >= TIMING.shortWatch || history.progressed ? "none" : "backoff";
  return DECISIONS[trouble?.kind ?? "clean"]({ ...history, wait });
}

type Decide = (known: History & { readonly wait: "none" | "backoff" }) => Decision;

const keepPosition: Decide = () => ({ step: { do: "watch" }, wait: "backoff" });
const probe: Decide = ({ wait }) => ({ step: { do: "probe" }, wait });

/** Row by row the table in docs/design/events.md#after-the-end-of-a-watch. */
const DECISIONS: Readonly<Record<TroubleKind | "clean", Decide>> = {
  clean: ({ wait }) => ({ step: { do: "watch" }, wait }),
  reset: probe,
  quiet: probe,
  future: probe,
  unreachable: keepPosition,
  busy: keepPosition,
  unauthorized: keepPosition,
  credentials: keepPosition,
  forbidden: keepPosition,
  missing: keepPosition,
  // Normal for a quiet stream; soon after a list it means that the server compacts faster than it lists.
  gone: ({ sinceListMs }) => ({
    step: { do: "list", cause: "gone" },
    wait: sinceListMs < TIMING.failureWindow ? "backoff" : "none",
  }),
  server: ({ failuresHere }) => unlessHopeless("server", failuresHere >= TIMING.failuresBeforeRelist),
  garbled: ({ failuresHere }) => unlessHopeless("garbled", failuresHere >= TIMING.garbledBeforeRelist),
  rejected: () => ({ step: { do: "list", cause: "rejected" }, wait: "backoff" }),
};

function unlessHopeless(cause: ListCause, hopeless: boolean): Decision {
  return { step: hopeless ? { do: "list", cause } : { do: "watch" }, wait: "backoff" };
}

/** Milliseconds from one list to the next safety list; at most half the lifetime of an Event. */
export function safetyRelistMs(eventsInList: number, eventTtlMs: number): number {
  const usual = eventsInList > TIMING.manyEvents ? TIMING.safetyRelistMany : TIMING.safetyRelist;
  return Math.min(usual, eventTtlMs / 2);
}
