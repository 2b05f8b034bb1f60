import { bodyOfPod } from "./body-of-pod.ts";
import { bodyOfDaemonSet, bodyOfWorkload } from "./body-of-workload.ts";
import { type Body, conditionsOf, type Times, type Writer } from "./conditions-of.ts";
import type { StateSpec } from "./state-spec.ts";

/** The place of a state in its story, epoch milliseconds. */
interface StatePlace {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** The start of the story. */
  readonly start: number;
  /** From when on the object is so. */
  readonly at: number;
}

/** Writes a state out in full, as the API server would give the object. */
export function bodyOfState(state: StateSpec, place: StatePlace): Body {
  if (state.metadata !== undefined || state.spec !== undefined || state.status !== undefined) {
    const { metadata = { uid: place.uid }, spec, status } = state;
    return { metadata, spec, status };
  }
  const of = (fromStart: number): string => new Date(place.start + fromStart).toISOString();
  const times: Times = {
    of,
    since: state.since === undefined ? new Date(place.at).toISOString() : of(state.since),
  };
  const { spec, status } = (WRITERS.get(place.kind) ?? withConditions)(state, times);
  const { created = 0, deleting = false, owner = "" } = state;
  const [ownerKind, ownerName] = owner.split("/");
  const owners = owner === "" ? [] : [{ kind: ownerKind, name: ownerName, controller: true }];
  const metadata = {
    name: place.name,
    uid: place.uid,
    creationTimestamp: of(created),
    generation: 1,
    ownerReferences: owners,
    ...(deleting ? { deletionTimestamp: times.since } : {}),
  };
  return { metadata, spec, status };
}

const withConditions: Writer = (state, { since }) => ({
  status: { observedGeneration: 1, conditions: conditionsOf(state, since, {}) },
});

const bodyOfNode: Writer = (state, { since }) => {
  const lacks = new Set(state.pressure);
  const conditions = conditionsOf(state, since, {
    Ready: state.ready !== false,
    MemoryPressure: lacks.has("memory"),
    DiskPressure: lacks.has("disk"),
    PIDPressure: lacks.has("pid"),
  });
  return { spec: { unschedulable: state.unschedulable ?? false }, status: { conditions } };
};

const bodyOfJob: Writer = (state, { since }) => {
  const { complete = false, failed = false } = state;
  const conditions = conditionsOf(state, since, { Complete: complete, Failed: failed });
  return { status: { succeeded: Number(complete), failed: Number(failed), conditions } };
};

const bodyOfCronJob: Writer = ({ suspended = false, succeeded }, { of }) => ({
  spec: { suspend: suspended },
  status: succeeded === undefined ? {} : { lastSuccessfulTime: of(succeeded) },
});

const bodyOfStorage: Writer = ({ bound = true }) => ({ status: { phase: bound ? "Bound" : "Pending" } });

const bodyOfAutoscaler: Writer = (state, { since }) => {
  const { able = true, active = true } = state;
  return {
    status: { conditions: conditionsOf(state, since, { AbleToScale: able, ScalingActive: active }) },
  };
};

const WRITERS: ReadonlyMap<string, Writer> = new Map([
  ["CronJob", bodyOfCronJob],
  ["DaemonSet", bodyOfDaemonSet],
  ["Deployment", bodyOfWorkload],
  ["HorizontalPodAutoscaler", bodyOfAutoscaler],
  ["Job", bodyOfJob],
  ["Node", bodyOfNode],
  ["PersistentVolume", bodyOfStorage],
  ["PersistentVolumeClaim", bodyOfStorage],
  ["Pod", bodyOfPod],
  ["ReplicaSet", bodyOfWorkload],
  ["StatefulSet", bodyOfWorkload],
]);
