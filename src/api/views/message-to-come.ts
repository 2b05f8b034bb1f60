import type { MessageToCome } from "../../alert/index.ts";
import type { MessageToCome as Answer } from "../schemas/message-to-come.ts";
import { causeText, toCause } from "./cause-text.ts";
import { toInstantOrNull } from "./instant.ts";

type WaitsFor = MessageToCome["waitsFor"];

const WORDS: Readonly<Record<WaitsFor & string, string>> = {
  threshold: "the threshold of its rule is not met",
  for: "its rule waits to see whether it lasts (`for`)",
  groupWait: "groupWait of its route",
  groupInterval: "groupInterval of its route",
  state: "the state of its objects is asked for",
  others: "other groups of its rule are due soon",
  step: "the sink got a message about its rule shortly before",
  end: "others may end as well",
  min_severity: "it is less severe than the sink's minSeverity",
};

const DIGESTS = {
  storm: "the next digest: many groups fired at once, or the sink got many messages in a minute",
  mute: "the digest of what was muted",
  scheduled: "the next digest: the sink gets digests at set times",
} as const;

/** Makes the answer's form of a message that is not made yet. */
export function toMessageToCome({ sink, groupKey, waitsFor, at }: MessageToCome): Answer {
  const cause = typeof waitsFor === "object" && "hold" in waitsFor ? waitsFor.cause : undefined;
  return {
    sink: sink ?? null,
    group: groupKey ?? null,
    for: nameOf(waitsFor),
    why: textOf(waitsFor),
    at: toInstantOrNull(at),
    cause: cause === undefined ? null : toCause(cause),
  };
}

function nameOf(waitsFor: WaitsFor): Answer["for"] {
  if (typeof waitsFor === "string") return waitsFor;
  return "hold" in waitsFor ? waitsFor.hold : "digest";
}

function textOf(waitsFor: WaitsFor): string {
  if (typeof waitsFor === "string") return WORDS[waitsFor];
  if ("digest" in waitsFor) return DIGESTS[waitsFor.digest];
  const { hold, by, cause } = waitsFor;
  return cause === undefined ? `${hold} ${by}` : causeText(cause);
}
