import type { Notification, UntoldReason } from "../../alert/index.ts";

/** Messages of Tocsin itself have no decision. */
type SentReason = Exclude<Notification["trigger"], "self" | "test">;

/** `not_accepted_yet`: a message about an alert that is over still waits. */
type HeldReason = UntoldReason | "not_accepted_yet";

/** Reasons of messages that were made. */
const SENT: Readonly<Record<SentReason | "logs", string>> = {
  first: "the first message about this group",
  unmuted: "it was muted until then",
  storm: "in one message with others: many groups fired at once, or the sink got many messages in a minute",
  scheduled: "the sink gets digests at set times",
  flapping: "the group fired and ended twice within two hours, and fires again",
  "silence-ended":
    "the first message about this group, which was silenced; the line that held it back has its occurrences",
  "new-alert": "one more alert in a group that the sink has",
  severity: "it became more severe",
  again: "a new episode, while the group is open for others",
  "ended-in-part": "some of the group have ended, others go on",
  "failed-again": "it failed a second time",
  repeat: "it goes on, and repeatInterval is over",
  "all-resolved": "everything in the group has ended",
  "cleared-before-delivery": "it had ended before the message could be sent",
  moved: "a reload routes it elsewhere",
  logs: "the message has the last lines of a container's log",
};

/** Reasons of alerts that were held back. */
const HELD: Readonly<Record<HeldReason, string>> = {
  threshold: "too few in the window of the rule's threshold, or it ended before `for` was over",
  cleared_before_notice: "it had ended before the first message went out",
  healthy_before_notice: "the state of its objects showed that it was over before the first message went out",
  gone_before_notice: "its objects were gone before the first message went out",
  replaced_before_notice: "its objects were replaced before the first message went out",
  cold_start: "it happened before the time that the first start looks back to",
  drop: "an entry of drop matches",
  min_severity: "it is less severe than the sink's minSeverity",
  send_resolved: "the sink's sendResolved leaves out this end",
  repeat: "the sink has the alert already; the next message counts it",
  // Decisions of older versions do not name the cause.
  inhibition: "a cause that is an alert holds it back",
  mute: "a mute timing of the route is on",
  silence: "a silence matches",
  digest: "the sink has it from a digest only, so it gets no end",
  no_sink: "its routes lead to no sink",
  not_accepted: "no receiver accepted a message about it",
  not_accepted_yet: "a message about it still waits for its receiver",
  next_digest: "the sink gets digests at set times, and the next one tells the end",
};

const WORDS = {
  notified: new Map<string, string>(Object.entries(SENT)),
  suppressed: new Map<string, string>(Object.entries(HELD)),
} as const;

/** The reason of a decision in words. A store may hold a reason of another version, which stays as it is. */
export function why(outcome: "notified" | "suppressed", reason: string): string {
  return WORDS[outcome].get(reason) ?? reason;
}
