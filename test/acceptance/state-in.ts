import type { Fact } from "../../src/alert/index.ts";
import { ObjectKey } from "../../src/event/index.ts";
import { readObjectState } from "../../src/object/index.ts";
import { deploymentBody, nodeBody, podBody } from "../support/object-bodies.ts";

/** A stretch of time with trouble, in seconds from the start: from the first until the second. */
export type Trouble = readonly [number, number];

/** The trouble in a story, object by object; the rest is well all the time. */
export interface Troubles {
  readonly pod?: (name: string) => readonly Trouble[];
  /** How a pod is while it has trouble: it does not start, is not ready, has no node, or comes back never again. */
  readonly how?: "waits" | "crashes" | "unready" | "unscheduled";
  /** When a pod was deleted; undefined: never. */
  readonly goneAt?: (name: string) => number | undefined;
  readonly node?: readonly Trouble[];
}

/** Long before every story. */
const LONG_AGO = -86_400;

/** The state of an object of a story, as a look-up finds it. */
export function stateIn(troubles: Troubles, object: string, second: number): Fact["found"] {
  const { kind, name } = ObjectKey.parse(object);
  if (kind === "Pod") return podIn(troubles, name, second);
  if (kind === "Node") return read("Node", nodeBody(wellSince(troubles.node ?? [], second), ""));
  // Of three pods some serve.
  if (kind === "Deployment") return read("Deployment", workloadIn(troubles, second));
  return "unknown";
}

function podIn({ pod, how = "waits", goneAt }: Troubles, name: string, second: number): Fact["found"] {
  const gone = goneAt?.(name);
  if (gone !== undefined && second >= gone) return "gone";
  const since = wellSince(pod?.(name) ?? [], second);
  if (since !== undefined) return read("Pod", podBody({ uid: "", running: since, ready: since }));
  if (how === "unready") return read("Pod", podBody({ uid: "", running: LONG_AGO }));
  if (how === "unscheduled") return read("Pod", podBody({ uid: "", node: "", waiting: "" }));
  return read(
    "Pod",
    podBody({ uid: "", waiting: how === "crashes" ? "CrashLoopBackOff" : "ImagePullBackOff" }),
  );
}

/** A Deployment of which one pod in three has the trouble, as long as any pod has. */
function workloadIn({ pod }: Troubles, second: number): ReturnType<typeof deploymentBody> {
  const isSick = wellSince(pod?.("pod-0") ?? [], second) === undefined;
  return deploymentBody({ uid: "", desired: 3, ready: isSick ? 2 : 3, available: LONG_AGO });
}

/** Since when all is well; undefined while it is not. */
function wellSince(troubles: readonly Trouble[], second: number): number | undefined {
  const begun = troubles.filter(([from]) => from <= second);
  if (begun.some(([, until]) => second < until)) return undefined;
  return Math.max(LONG_AGO, ...begun.map(([, until]) => until));
}

function read(kind: string, body: object): Fact["found"] {
  return readObjectState(kind, body) ?? "unknown";
}
