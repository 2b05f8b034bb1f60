import { TIMING } from "./timing.ts";
import type { Trouble, TroubleKind } from "./trouble.ts";

/** The end of a watch. */
export interface WatchEnd {
  /** Undefined for a clean end. */
  readonly trouble: Trouble | undefined;
  /**
   * Milliseconds from the headers of the answer to the end; from the request when that took long enough for a proxy
   * that holds headers back; 0 without an answer.
   */
  readonly livedMs: number;
  /** Whether the server took the watch: it stayed open, or showed an event. */
  readonly accepted: boolean;
}

/** Facts besides the end itself. */
export interface History {
  /** Whether the watch showed a version that was never seen before. */
  readonly progressed: boolean;
  /** Ends in a row that may be refusals of this position, this one included (`RefusalCounter`). */
  readonly refusals: number;
  /** Milliseconds since a list moved the position; infinite for never. */
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
  | "refused"
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
  const kind = trouble?.kind ?? "clean";
  if (history.refusals >= TIMING.refusalsBeforeRelist) {
    return { step: { do: "list", cause: causeOf(kind) }, wait: "backoff" };
  }
  return DECISIONS[kind]({ ...history, wait });
}

function causeOf(kind: TroubleKind | "clean"): ListCause {
  return kind === "server" || kind === "garbled" ? kind : "refused";
}

type Decide = (known: History & { readonly wait: "none" | "backoff" }) => Decision;

const keepPosition: Decide = () => ({ step: { do: "watch" }, wait: "backoff" });
const probe: Decide = ({ wait }) => ({ step: { do: "probe" }, wait });
const probeLater: Decide = () => ({ step: { do: "probe" }, wait: "backoff" });

/** Row by row the table in docs/design/events.md#after-the-end-of-a-watch. */
const DECISIONS: Readonly<Record<TroubleKind | "clean", Decide>> = {
  // A probe tells a server that refuses everything from one that refuses the position.
  clean: ({ wait, refusals }) => ({ step: { do: refusals > 0 ? "probe" : "watch" }, wait }),
  reset: probe,
  quiet: probe,
  future: probe,
  unreachable: keepPosition,
  busy: probeLater,
  unauthorized: keepPosition,
  credentials: keepPosition,
  forbidden: keepPosition,
  missing: keepPosition,
  // Normal for a quiet stream; soon after a list it means that the server compacts faster than it lists.
  gone: ({ sinceListMs }) => ({
    step: { do: "list", cause: "gone" },
    wait: sinceListMs < TIMING.soonAfterList ? "backoff" : "none",
  }),
  server: probeLater,
  garbled: probeLater,
  rejected: () => ({ step: { do: "list", cause: "rejected" }, wait: "backoff" }),
};

/** Milliseconds from one list to the next safety list; at most half the lifetime of an Event. */
export function safetyRelistMs(eventsInList: number, eventTtlMs: number): number {
  const usual = eventsInList > TIMING.manyEvents ? TIMING.safetyRelistMany : TIMING.safetyRelist;
  return Math.min(usual, eventTtlMs / 2);
}
