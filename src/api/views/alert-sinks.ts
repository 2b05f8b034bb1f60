import type { AlertState, GroupState } from "../../alert/index.ts";
import type { DeliveryRow } from "../../store/index.ts";
import type { AlertAtSink } from "../schemas/alert-sinks.ts";
import type { MessageToCome } from "../schemas/message-to-come.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** The messages that were made about the groups of some alerts. */
export interface SentNews {
  /** Its groups, by key: they know which sinks have it. */
  readonly groups: ReadonlyMap<string, GroupState>;
  /** The newest delivery of each sink about its groups, by id. */
  readonly deliveries?: ReadonlyMap<string, DeliveryRow> | undefined;
  /** Dead letters about its groups, the newest first. */
  readonly dead?: readonly DeliveryRow[] | undefined;
}

/** The standing of an alert at a sink, with the delivery that keeps it so. */
export interface Standing extends AlertAtSink {
  /** Of the message that its receiver has not accepted; undefined where it has accepted one. */
  readonly delivery?: DeliveryRow | undefined;
}

/** Of the standings in several groups of one sink, the first in this order counts. */
const ORDER: readonly AlertAtSink["state"][] = ["told", "dead", "waiting", "held", "none"];

/** The standing of an alert at each of its sinks. @param toCome Its news that sinks were not sent yet. */
export function standingsOf(
  alert: AlertState,
  sent: SentNews,
  toCome: readonly MessageToCome[],
): readonly Standing[] {
  const bySink = new Map<string, Standing>();
  for (const { groupKey, sinks } of alert.destinations) {
    for (const sink of sinks) {
      const standing =
        sentStanding(alert, { groupKey, sink }, sent) ??
        comingStanding(
          sink,
          toCome.find((message) => message.sink === sink && message.group === groupKey),
        ) ??
        unsentStanding(alert, { groupKey, sink }, sent);
      const known = bySink.get(sink);
      if (known === undefined || ORDER.indexOf(standing.state) < ORDER.indexOf(known.state))
        bySink.set(sink, standing);
    }
  }
  return [...bySink.values()];
}

/** Makes the answer's form of a standing. */
export function toAlertAtSink({ sink, state, at, newest }: Standing): AlertAtSink {
  return { sink, state, at, newest };
}

/** A sink in one group. */
interface Place {
  readonly groupKey: string;
  readonly sink: string;
}

/** Of a sink that was sent the alert; undefined for others. */
function sentStanding(
  { fingerprint }: AlertState,
  { groupKey, sink }: Place,
  { groups, deliveries }: SentNews,
): Standing | undefined {
  const told = groups.get(groupKey)?.told.find((entry) => entry.sink === sink);
  const sent = told?.firing[fingerprint];
  if (told === undefined || sent === undefined) return undefined;
  const delivery = deliveries?.get(told.deliveryId);
  if (sent.accepted === true) return { sink, state: "told", ...newestOf(delivery, told.lastAt) };
  return isGivenUp(delivery)
    ? { sink, state: "dead", at: toInstantOrNull(delivery?.endedAt), newest: null, delivery }
    : { sink, state: "waiting", at: toInstantOrNull(delivery?.dueAt), newest: null, delivery };
}

/** Of a sink that has accepted a message: this one, or one before it. @param madeAt When this one was made. */
function newestOf(delivery: DeliveryRow | undefined, madeAt: number): Pick<Standing, "at" | "newest"> {
  if (delivery === undefined) return { at: toInstant(madeAt), newest: null };
  if (delivery.state === "delivered") return { at: toInstant(delivery.endedAt ?? madeAt), newest: null };
  return { at: null, newest: isGivenUp(delivery) ? "dead" : "waiting" };
}

function isGivenUp(delivery: DeliveryRow | undefined): boolean {
  return delivery?.state === "dead" || delivery?.state === "expired";
}

/** Of a sink that is to be sent the alert; undefined for others. */
function comingStanding(sink: string, message: MessageToCome | undefined): Standing | undefined {
  if (message === undefined || message.for === "min_severity") return undefined;
  const isHeld = message.cause !== null || HOLDS.has(message.for);
  return { sink, state: isHeld ? "held" : "waiting", at: message.at, newest: null };
}

const HOLDS: ReadonlySet<MessageToCome["for"]> = new Set(["inhibition", "silence", "mute", "digest"]);

/** A dead letter that was made after the alert began to fire had it in it: a group tells all that fires. */
function unsentStanding(
  { phase, firedAt = Infinity }: AlertState,
  { groupKey, sink }: Place,
  { dead = [] }: SentNews,
): Standing {
  const delivery = dead.find(
    (letter) => letter.groupKey === groupKey && letter.sink === sink && letter.createdAt >= firedAt,
  );
  if (phase === "pending" || delivery === undefined) return { sink, state: "none", at: null, newest: null };
  return { sink, state: "dead", at: toInstantOrNull(delivery.endedAt), newest: null, delivery };
}
