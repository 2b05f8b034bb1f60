import type { Outcome } from "../../explain/index.ts";
import { counted } from "../../lib/counted.ts";
import { formatDuration } from "../../lib/duration.ts";
import { heldBackText } from "./held-back.ts";

/** The outcome as one plain sentence: `1 message to ops in 30 s`, `nothing: threshold 1 of 3`. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "sent":
      return sentText(outcome).join(", ");
    case "dropped":
      return `nothing: dropped by "${outcome.by}"`;
    case "unmatched":
      return "nothing: no rule matches";
    case "known":
      return `nothing new: ${knownText(outcome).join("; ")}`;
    case "held-back":
      return `nothing: ${[...new Set(outcome.by.map(heldBackText))].join(", ")}`;
  }
}

function sentText({ messages, records }: Outcome & { readonly kind: "sent" }): readonly string[] {
  return [
    ...messages.map(({ sink, inMs, count }) => {
      const when = inMs === 0 ? "at once" : `in ${formatDuration(inMs)}`;
      return `${counted(count, "message")} to ${sink} ${when}`;
    }),
    ...records.map((sink) => `1 record to ${sink}`),
  ];
}

/** Only a receiver that has accepted a message knows of the alert. */
function knownText({ accepted, waiting }: Outcome & { readonly kind: "known" }): readonly string[] {
  return [
    ...(accepted.length === 0
      ? []
      : [`${accepted.join(", ")} knows of it, and hears when it repeats or ends`]),
    ...(waiting.length === 0 ? [] : [`the message to ${waiting.join(", ")} is not accepted yet`]),
  ];
}
