import { type Body, conditionsOf, type Times, type Writer } from "./conditions-of.ts";
import type { StateSpec } from "./state-spec.ts";

/** Writes a pod of one container. */
export const bodyOfPod: Writer = (state, times) => {
  const { container: name = "app", node = "node-1", waiting, terminated } = state;
  const { memoryLimit = "", restarts = 0 } = state;
  const runs = waiting === undefined && terminated === undefined && node !== "";
  const isReady = state.ready ?? runs;
  const status = {
    name,
    ready: Boolean(isReady),
    restartCount: restarts,
    state: containerStateOf(state, times),
    lastState: endOf(state.lastTerminated, state.running ?? state.since, times),
  };
  return {
    spec: { nodeName: node, containers: [{ name, resources: { limits: { memory: memoryLimit } } }] },
    status: {
      phase: phaseOf(state),
      conditions: conditionsOf(state, times.since, { Ready: Boolean(isReady), PodScheduled: node !== "" }),
      containerStatuses: node === "" ? [] : [status],
    },
  };
};

function phaseOf({ node = "node-1", terminated }: StateSpec): string {
  if (node === "") return "Pending";
  if (terminated === undefined) return "Running";
  return terminated.exitCode === 0 ? "Succeeded" : "Failed";
}

function containerStateOf(state: StateSpec, times: Times): Body {
  if (state.waiting !== undefined) return { waiting: { reason: state.waiting } };
  if (state.terminated !== undefined) return endOf(state.terminated, state.since, times);
  return { running: { startedAt: state.running === undefined ? times.since : times.of(state.running) } };
}

/** An end of a container. @param endedAt From the start of the story; undefined: when the state began. */
function endOf(end: StateSpec["terminated"], endedAt: number | undefined, times: Times): Body {
  if (end === undefined) return {};
  const finishedAt = endedAt === undefined ? times.since : times.of(endedAt);
  const { exitCode = 1, message = "", ran = 0, reason = exitCode === 0 ? "Completed" : "Error" } = end;
  const startedAt = new Date(Date.parse(finishedAt) - ran).toISOString();
  return { terminated: { exitCode, reason, message, startedAt, finishedAt } };
}
