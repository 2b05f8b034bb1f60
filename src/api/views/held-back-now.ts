import { counted } from "../../lib/counted.ts";
import type { HeldBackNow } from "../schemas/alert-sinks.ts";
import type { MessageToCome } from "../schemas/message-to-come.ts";
import type { Standing } from "./alert-sinks.ts";

/** The part of Tocsin or the person that keeps a message back, for each thing that a message can wait for. */
const BY: Readonly<Record<MessageToCome["for"], HeldBackNow["by"]>> = {
  threshold: "rule",
  for: "rule",
  groupWait: "groupWait",
  groupInterval: "groupWait",
  state: "groupWait",
  others: "groupWait",
  step: "groupWait",
  end: "groupWait",
  digest: "digest",
  min_severity: "sink",
  inhibition: "inhibition",
  silence: "silence",
  mute: "mute",
};

/**
 * Makes the reasons why sinks were not told the news of an alert, each with all its sinks.
 *
 * @param scrub Removes secrets.
 */
export function heldBackNow(
  toCome: readonly MessageToCome[],
  standings: readonly Standing[],
  scrub: (text: string) => string,
): readonly HeldBackNow[] {
  const reasons = new Map<string, HeldBackNow>();
  for (const one of [...toCome.map(ofMessage), ...standings.flatMap((each) => ofDelivery(each, scrub))]) {
    const key = JSON.stringify([one.by, one.what, one.until]);
    const known = reasons.get(key)?.sinks ?? [];
    reasons.set(key, { ...one, sinks: [...new Set([...known, ...one.sinks])] });
  }
  return [...reasons.values()];
}

function ofMessage({ sink, for: waitsFor, why, at, cause }: MessageToCome): HeldBackNow {
  return { by: BY[waitsFor], what: why, sinks: sink === null ? [] : [sink], until: at, cause };
}

function ofDelivery(
  { sink, state, delivery }: Standing,
  scrub: (text: string) => string,
): readonly HeldBackNow[] {
  if (delivery === undefined) return [];
  const { attempts } = delivery;
  const error = scrub(delivery.error);
  const tried = attempts === 0 ? "" : `, ${counted(attempts, "attempt")}`;
  const what =
    state === "dead"
      ? `its message is a dead letter: ${error}`
      : error === ""
        ? "its receiver has not accepted the message yet"
        : `${error}${tried}`;
  const until =
    state === "dead" || delivery.dueAt === undefined ? null : new Date(delivery.dueAt).toISOString();
  return [{ by: "sink", what, sinks: [sink], until, cause: null }];
}
