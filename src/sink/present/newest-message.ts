import type { Notification, NotifiedAlert } from "../../alert/index.ts";
import { isCutOf } from "../../lib/cut-middle.ts";
import { causeOfObject } from "./cause.ts";
import { isDigestOfMany } from "./facts.ts";

/** The kubelet's reason for "Container started", which says nothing of how the run before it ended. */
const STARTED = "Started";

/**
 * The message of the newest Event, or the one that tells more of the same object's problem; in a digest, whose alerts
 * have different problems, that of the first, which its title names. Of a container that was
 * started again it is how that ended before, as far as its state tells; "" where the cause of the message has said so.
 *
 * @param cause The cause of the whole message; "" for none.
 */
export function newestMessage(notification: Pick<Notification, "alerts" | "kind">, cause: string): string {
  const { alerts } = notification;
  const byTime = alerts.toSorted((a, b) => Date.parse(b.event.lastSeen) - Date.parse(a.event.lastSeen));
  const [newest] = isDigestOfMany(notification) ? alerts : byTime;
  if (newest === undefined) return "";
  const end = endBefore(newest);
  if (end !== "") return cause.includes(end) ? "" : end;
  const { message, involvedObject } = newest.event;
  const { kind, name, container } = involvedObject;
  const same = newest.objects.find(
    (object) => object.kind === kind && object.name === name && object.container === container,
  );
  // The message of an object is cut.
  return same === undefined || isCutOf(same.message, message) ? message : same.message;
}

/** How the container of a start ended before; "" where the Event is none, or nothing is known. */
function endBefore(alert: NotifiedAlert): string {
  const { reason, involvedObject } = alert.event;
  return reason === STARTED && involvedObject.container !== "" ? causeOfObject(alert, involvedObject) : "";
}
