import { conditionsOf, type Writer } from "./conditions-of.ts";
import type { StateSpec } from "./state-spec.ts";

/** Writes a Deployment, StatefulSet or ReplicaSet. */
export const bodyOfWorkload: Writer = (state, { since }) => {
  const { desired = 1, paused = false } = state;
  const { ready, updated, available } = podsOf(state);
  return {
    spec: { replicas: desired, paused },
    status: {
      observedGeneration: 1,
      readyReplicas: ready,
      updatedReplicas: updated,
      availableReplicas: available,
      conditions: conditionsOf(state, since, { Available: available >= desired }),
    },
  };
};

/** Writes a DaemonSet, whose status counts under other names. */
export const bodyOfDaemonSet: Writer = (state, { since }) => {
  const { ready, updated, available } = podsOf(state);
  return {
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: state.desired ?? 1,
      numberReady: ready,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      conditions: conditionsOf(state, since, {}),
    },
  };
};

function podsOf({ desired = 1, ready, updated = desired, available }: StateSpec): {
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
} {
  const served = typeof ready === "number" ? ready : desired;
  return { ready: served, updated, available: available ?? served };
}
