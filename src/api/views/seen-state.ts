import { type AlertState, Ends, type SeenState as KnownState } from "../../alert/index.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { SeenState } from "../schemas/seen-state.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** The fields of an alert that say how it may end. */
export type Ending = Pick<AlertState, "phase" | "lifecycle" | "proof" | "well" | "quietMs" | "activeAt">;

type SeenObject = KnownState["objects"][number];

/** Makes the answer's form of the known state of an alert's objects. */
export function toSeenState({ judgement, objects, checkingUntil }: KnownState): SeenState {
  return {
    judgement,
    objects: objects.map((object) => ({
      ...object,
      seenAt: toInstantOrNull(object.seenAt),
      askedAt: toInstantOrNull(object.askedAt),
    })),
    checkingUntil: toInstantOrNull(checkingUntil),
  };
}

/**
 * The reason why an alert is still open, in words; "" for one that does not fire.
 *
 * @param state Undefined where no state is known. @param now Epoch milliseconds.
 */
export function stillOpenText(alert: Ending, state: KnownState | undefined, now: number): string {
  if (alert.phase !== "firing") return "";
  const { by, overAt, holdMs } = alert.well ?? {};
  if (by !== undefined && overAt !== undefined && holdMs !== undefined)
    return `its objects are well (${by.what ?? by.how}); it ends at ${toInstant(overAt + holdMs)} if that lasts`;
  if (alert.proof === undefined) return `no state proves its end: ${byEvents(alert, now)}`;
  return `it ends once ${Ends.proofText(alert.proof)}: ${stateText(state, now)}`;
}

function byEvents({ lifecycle, quietMs, activeAt }: Ending, now: number): string {
  if (lifecycle === "point") return "it happened once, and is forgotten after its maxAge";
  if (quietMs === undefined) return "it waits for the Event that ends it";
  return `it ends when nothing is heard of it for ${formatDuration(Math.max(0, activeAt + quietMs - now))} more`;
}

function stateText(state: KnownState | undefined, now: number): string {
  const sick = state?.objects.find(({ verdict }) => verdict === "unhealthy");
  switch (state?.judgement) {
    case "sick":
      return sick === undefined
        ? "its workload is not as it should be"
        : `${nameOf(sick)} was not well${agoOf(sick, now)}`;
    case "unsettled":
      return "its objects are gone, and their workload is not as it should be";
    case "waiting":
      return "all is well, and has to stay so for a while";
    case "over":
      return "all is well since the last look";
    case "unknown":
    case undefined:
      return unknownText(state?.objects ?? [], now);
  }
}

function unknownText(objects: readonly SeenObject[], now: number): string {
  const unknown = objects.find(({ verdict }) => verdict === "unknown");
  if (unknown === undefined) return "nothing is known of its objects";
  if (unknown.seenAt !== undefined)
    return `something was heard of ${nameOf(unknown)} after its state was read${agoOf(unknown, now)}`;
  return unknown.askedAt === undefined
    ? `the state of ${nameOf(unknown)} was not read yet`
    : `the API server did not tell the state of ${nameOf(unknown)}`;
}

function nameOf({ kind, namespace, name }: SeenObject): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

function agoOf({ seenAt }: SeenObject, now: number): string {
  return seenAt === undefined ? "" : `, ${formatDuration(now - seenAt)} ago`;
}
