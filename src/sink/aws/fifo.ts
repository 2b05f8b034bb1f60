import type { EventRecord } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";

/** The ids that a FIFO queue or topic demands of a message. */
export interface FifoIds {
  /** A queue keeps the order of messages with the same one. */
  readonly MessageGroupId: string;
  /** A second message with the same one within five minutes is left out. */
  readonly MessageDeduplicationId: string;
}

/** Both ids have at most 128 of these letters (SQS, "Quotas related to messages"). */
const VALID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/u;

/** One group for each object, so that its Events keep their order, and one id for each record. */
export function fifoIds({ id, cluster, event }: EventRecord): FifoIds {
  const { kind, namespace, name, uid } = event.involvedObject;
  const group = uid === "" ? fingerprint([cluster, kind, namespace, name]) : uid;
  return { MessageGroupId: valid(group), MessageDeduplicationId: valid(id) };
}

function valid(id: string): string {
  return VALID.test(id) ? id : fingerprint([id]);
}
