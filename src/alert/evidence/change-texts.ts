import { formatDuration } from "../../lib/duration.ts";
import { oneLine } from "../../lib/text.ts";
import type { ReplicaSetState } from "../../object/index.ts";
import type { FactContext } from "../inquiry.ts";
import type { RecentChange } from "../recent-change.ts";

/** A writer stamps an Event up to this much later than the problem that it began. */
const SLACK_MS = 15_000;

/** Changes that a message names. */
const MOST_CHANGES = 3;

/** A change in words, with when it was. */
export interface ChangeText {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: RecentChange["what"];
  /** `rollout to revision 12, image web:1 → web:2, 4 s before`. */
  readonly text: string;
}

/**
 * The changes that came before a problem, newest first.
 *
 * @param problemAt When the problem was first seen, epoch milliseconds.
 */
export function changeTexts({ changes, replicaSets }: FactContext, problemAt: number): readonly ChangeText[] {
  return changes
    .filter(({ at }) => at <= problemAt + SLACK_MS)
    .map((change) => ({
      at: change.at,
      what: change.what,
      text: `${changeText(change, replicaSets)}${before(change, problemAt)}`,
    }))
    .toReversed()
    .slice(0, MOST_CHANGES);
}

function changeText(change: RecentChange, replicaSets: FactContext["replicaSets"]): string {
  switch (change.what) {
    case "rollout":
      return rolloutText(change.replicaSet, replicaSets);
    case "scaled":
      return `scaled ${change.from === undefined ? "" : `from ${change.from} `}to ${change.to}`;
    case "cordoned":
      return "node cordoned";
    case "uncordoned":
      return "node uncordoned";
    case "rebooted":
      return "node rebooted";
    case "kubelet-started":
      return "kubelet started";
  }
}

/** `rollout to revision 12, image web:1 → web:2`, as far as the ReplicaSets are known. */
function rolloutText(name: string, replicaSets: FactContext["replicaSets"]): string {
  const newest = replicaSets[name];
  if (newest === undefined || newest.revision === "") return "rollout";
  const text = `rollout to revision ${oneLine(newest.revision)}`;
  const previous = previousOf(newest, Object.values(replicaSets));
  const image = previous === undefined ? "" : imageChange(previous, newest);
  return image === "" ? text : `${text}, ${image}`;
}

function previousOf(newest: ReplicaSetState, all: readonly ReplicaSetState[]): ReplicaSetState | undefined {
  return all
    .filter(({ revision }) => revision !== "" && Number(revision) < Number(newest.revision))
    .toSorted((a, b) => Number(b.revision) - Number(a.revision))[0];
}

/** The first image that differs; "" when none does, or when the containers are others. */
function imageChange({ images: old }: ReplicaSetState, { images }: ReplicaSetState): string {
  if (old.length !== images.length) return "";
  const index = images.findIndex((image, at) => image !== old[at]);
  return index === -1 ? "" : `image ${oneLine(old[index] ?? "")} → ${oneLine(images[index] ?? "")}`;
}

function before({ at }: RecentChange, problemAt: number): string {
  return problemAt - at < 1000 ? "" : `, ${formatDuration(problemAt - at)} before`;
}
