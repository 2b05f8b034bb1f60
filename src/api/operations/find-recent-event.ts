import type { ClusterEvent } from "../../event/index.ts";
import type { EventRing } from "../../ring/index.ts";

/** The Event with this id of `GET /events`; undefined when it is forgotten, or was of another process. */
export async function findRecentEvent(
  id: string,
  ring: Pick<EventRing, "epoch" | "get"> | undefined,
): Promise<ClusterEvent | undefined> {
  const number = /^[\w-]+-(?<number>[1-9]\d{0,14})$/u.exec(id)?.groups?.["number"];
  if (ring === undefined || number === undefined || id !== `${ring.epoch}-${number}`) return undefined;
  return (await ring.get(Number(number)))?.event;
}
