import { type Notification, toNativeBody } from "../../alert/index.ts";
import type { DeadLetter as DeadLetterRow, DeliveryRow } from "../../store/index.ts";
import type { DeadLetter, OpenedDeadLetter } from "../schemas/dead-letter.ts";
import type { Delivery } from "../schemas/delivery.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Makes the answer's form of a delivery. @param scrub Removes secrets. */
export function toDelivery(row: DeliveryRow, scrub: (text: string) => string): Delivery {
  const { id, sink, kind, title, state, attempts } = row;
  return {
    id,
    sink,
    kind,
    group: row.groupKey === "" ? null : row.groupKey,
    title,
    state,
    attempts,
    error: scrub(row.error),
    createdAt: toInstant(row.createdAt),
    dueAt: toInstantOrNull(row.dueAt),
    endedAt: toInstantOrNull(row.endedAt),
  };
}

/** Makes the answer's form of a dead letter, without its body. @param scrub Removes secrets. */
export function toDeadLetter(row: DeadLetterRow, scrub: (text: string) => string): DeadLetter {
  const { id, sink, kind, title, attempts } = row;
  return {
    id,
    sink,
    kind,
    title,
    error: scrub(row.error),
    attempts,
    createdAt: toInstant(row.createdAt),
    buriedAt: toInstant(row.buriedAt),
  };
}

/** The content that the receiver of a dead letter would have got. */
export function toDeadBody({ kind, body }: Pick<DeadLetterRow, "kind" | "body">): OpenedDeadLetter["body"] {
  // This program wrote the body: a Notification or an EventRecord, as JSON.
  if (kind === "record") return JSON.parse(body) as Record<string, unknown>;
  return { ...toNativeBody(JSON.parse(body) as Notification) };
}
