import { conditionOf } from "../condition.ts";
import { type ContainerState, runMs } from "../container.ts";
import type { PodState } from "../pod.ts";
import { type Health, laterOf, UNHEALTHY, wellSince } from "./health.ts";

/** How long a pod has to be ready until its readiness probe counts as mended. */
const READY_FOR_MS = 30_000;

/**
 * How long a container has to run until its crash loop counts as over: twice its longest run before, within these
 * bounds. After ten minutes the kubelet itself forgets its back-off.
 */
const SHORTEST_STABLE_MS = 60_000;
const LONGEST_STABLE_MS = 600_000;

/** Every container runs, or has ended in order. */
export function startedHealth(pod: PodState, now: number): Health {
  if (pod.containers.length === 0) return UNHEALTHY;
  if (!pod.containers.every((container) => runs(container) || endedWell(container))) return UNHEALTHY;
  return wellSince(latestChange(pod.containers), now);
}

/** The scheduler found a node. */
export function scheduledHealth(pod: PodState, now: number): Health {
  return pod.node === "" ? UNHEALTHY : wellSince(conditionOf(pod, "PodScheduled")?.since, now);
}

/** The pod serves for a while already. */
export function readyHealth(pod: PodState, now: number): Health {
  const ready = conditionOf(pod, "Ready");
  return ready?.status === "True" ? wellSince(ready.since, now, READY_FOR_MS) : UNHEALTHY;
}

/** A question about a container that crashed. */
export interface StableQuestion {
  readonly now: number;
  /** The container that crashed; "" for every one of the pod. */
  readonly container: string;
  /** The longest run that was seen of it while it crashed, milliseconds. */
  readonly longestRunMs: number;
}

/** The container that crashed runs for longer than it did before, and is ready; or it ended in order. */
export function stableHealth(pod: PodState, { now, container, longestRunMs }: StableQuestion): Health {
  const asked = pod.containers.filter(({ name, isInit }) =>
    container === "" ? !isInit : name === container,
  );
  if (asked.length === 0) return UNHEALTHY;
  const since = latestChange(asked);
  // Of a pod that starts its containers again whatever they say, an end in order is part of the loop.
  const isDone = (each: ContainerState): boolean =>
    endedWell(each) && (each.isInit || pod.restartPolicy !== "Always");
  if (asked.every(isDone)) return wellSince(since, now);
  if (!asked.every((each) => isDone(each) || (runs(each) && (each.isReady || each.isInit)))) return UNHEALTHY;
  const longest = Math.max(longestRunMs, ...asked.map(lastRunMs));
  return wellSince(since, now, stableForMs(longest));
}

/** How long a container has to run until its crash loop counts as over; milliseconds. */
export function stableForMs(longestRunMs: number): number {
  return Math.min(LONGEST_STABLE_MS, Math.max(SHORTEST_STABLE_MS, 2 * longestRunMs));
}

/** How long a container of a pod ran the last time, milliseconds; 0 where unknown. @param container "" for any. */
export function lastRunOf(pod: PodState, container: string): number {
  const asked = pod.containers.filter(({ name }) => container === "" || name === container);
  return Math.max(0, ...asked.map(lastRunMs));
}

function runs({ running }: ContainerState): boolean {
  return running !== undefined;
}

function endedWell({ terminated }: ContainerState): boolean {
  return terminated?.exitCode === 0;
}

/** When the last of these containers began to run, or ended. */
function latestChange(containers: readonly ContainerState[]): number | undefined {
  return containers
    .map(({ running, terminated }) => running?.since ?? terminated?.finishedAt)
    .reduce(laterOf, undefined);
}

/** How long a container had run before it ended the last time; 0 where unknown. */
function lastRunMs({ lastTerminated }: ContainerState): number {
  return (lastTerminated && runMs(lastTerminated)) ?? 0;
}
