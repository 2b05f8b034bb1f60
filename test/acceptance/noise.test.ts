import { describe, expect, it } from "vitest";

import { type EventSketch, START } from "../support/event-sketch.ts";
import { isWholeCheck } from "../support/rounds.ts";
import { BridgeBed, type Sections } from "./bridge-bed.ts";
import { stateIn, type Trouble, type Troubles } from "./state-in.ts";
import { every, type Happening, legacyWrites, seriesWrites, upTo } from "./writers.ts";

const MINUTE = 60;
const HOUR = 3600;

/** The shipped rules, and some that make more noise. */
const SECTIONS: Sections = {
  rules: [
    "builtin",
    {
      name: "probe",
      match: { reason: "Unhealthy" },
      severity: "warning",
      threshold: { count: 3, within: "10m" },
    },
    { name: "echo", match: { reason: "NodeNotReady", kind: "Pod" }, severity: "warning" },
  ],
  overrides: { "readiness-probe-failing": { enabled: false } },
};

/** The messages that a story may cost (docs/design/alerting.md#noise-budgets). */
interface Budget {
  readonly story: readonly Happening[];
  /** Seconds from the start: long after the last Event. */
  readonly end: number;
  readonly most: number;
  /** Seconds from the start. */
  readonly firstBy: number;
  readonly isOver: boolean;
  /** The objects that are not well, as look-ups find them. */
  readonly troubles: Troubles;
  /** Only with states: without them nobody knows that it ends. */
  readonly needsStates?: true;
  /** With states, where it is more: an end that is seen is told, and so is what comes back before it flaps. */
  readonly mostWithStates?: number;
}

function pods(count: number, make: (index: number) => EventSketch, at: number): readonly Happening[] {
  return upTo(count).map((index) => ({ at, sketch: make(index) }));
}

function node(reason: string, at: number): Happening {
  return { at, sketch: { reason, type: "Normal", object: "/Node/n1", component: "node-controller" } };
}

function scheduled(pod: string): EventSketch {
  const message = `Successfully assigned shop/${pod} to n1`;
  return {
    reason: "Scheduled",
    type: "Normal",
    object: `shop/Pod/${pod}`,
    component: "default-scheduler",
    message,
  };
}

function notReady(pod: string): EventSketch {
  return { reason: "NodeNotReady", object: `shop/Pod/${pod}`, component: "node-controller", host: "" };
}

function evicted(pod: string): EventSketch {
  const component = "taint-eviction-controller";
  return { reason: "TaintManagerEviction", type: "Normal", object: `shop/Pod/${pod}`, component, host: "" };
}

/** A failing pull: two Failed and a BackOff at each attempt. */
function pulls(
  index: number,
  start: number,
  end: number,
  namespace = `ns-${index % 12}`,
): readonly Happening[] {
  const pod = {
    object: `${namespace}/Pod/pod-${index}`,
    container: "app",
    owners: [`ReplicaSet/w-${index % 60}-a`, `Deployment/w-${index % 60}`],
  };
  const image = `"registry.example/w-${index % 60}:1"`;
  const pull = every(150, start, end).flatMap((at) => [
    { at, sketch: { ...pod, reason: "Failed", message: `Failed to pull image ${image}: timeout` } },
    { at, sketch: { ...pod, reason: "Failed", message: "Error: ErrImagePull" } },
  ]);
  const backOff = every(14, start + 14, end).map((at) => ({
    at,
    sketch: { ...pod, reason: "BackOff", type: "Normal", message: `Back-off pulling image ${image}` },
  }));
  const pulled = {
    at: end + 30,
    sketch: { ...pod, reason: "Pulled", type: "Normal", message: `Successfully pulled image ${image}` },
  };
  return [...pull, ...backOff, pulled];
}

/** The first minutes of a pull that fails, for a pod of the workload of its namespace. */
function failsToPull(index: number, start: number): readonly Happening[] {
  const owners = ["ReplicaSet/web-a", "Deployment/web"];
  const pod = { object: `ns-${index % 27}/Pod/pod-${index}`, container: "app", owners };
  return every(14, start, start + 60).map((at) => ({
    at,
    sketch: { ...pod, reason: "BackOff", type: "Normal", message: 'Back-off pulling image "x"' },
  }));
}

/** A probe that fails for half a minute again and again. */
function failures(step: number, until: number): readonly Trouble[] {
  return every(step, 0, until).map((at): Trouble => [at, at + 30]);
}

/** Fewer make as many workloads, and so as much noise, in less time. */
const PULLING_PODS = isWholeCheck ? 300 : 60;

const UNHEALTHY: EventSketch = { reason: "Unhealthy", object: "shop/Pod/web-1", container: "app" };

const BUDGETS: Readonly<Record<string, Budget>> = {
  "S1: a crash loop of one pod for 6 h": {
    story: legacyWrites(
      every(12, 0, 6 * HOUR).map((at) => ({
        at,
        sketch: {
          reason: "BackOff",
          object: "shop/Pod/web-1",
          container: "app",
          message: "Back-off restarting failed container app in pod web-1_shop",
        },
      })),
    ),
    end: 8 * HOUR,
    most: 3,
    firstBy: 74,
    isOver: true,
    troubles: { how: "crashes", pod: () => [[0, 6 * HOUR]] },
  },
  "S2: a node down for 20 min, with 80 pods of 40 workloads": {
    story: [
      ...pods(80, (index) => scheduled(`p${index}`), 0),
      node("NodeNotReady", MINUTE),
      ...pods(80, (index) => notReady(`p${index}`), MINUTE + 1),
      ...pods(40, (index) => evicted(`p${index}`), 6 * MINUTE),
      node("NodeReady", 21 * MINUTE),
    ],
    end: 2 * HOUR,
    most: 4,
    firstBy: MINUTE + 90,
    isOver: true,
    troubles: {
      how: "unready",
      node: [[MINUTE, 21 * MINUTE]],
      pod: () => [[MINUTE, 21 * MINUTE]],
      goneAt: (name) => (Number(name.slice(1)) < 40 ? 6 * MINUTE : undefined),
    },
  },
  "S3: a probe fails three times every 7 min for 3 h, and its text has a duration": {
    story: legacyWrites(
      every(7 * MINUTE, 0, 3 * HOUR).flatMap((at) =>
        upTo(3).map((again) => ({
          at: at + 10 * again,
          sketch: { ...UNHEALTHY, message: `Readiness probe failed: timeout after ${at + again} ms` },
        })),
      ),
    ),
    end: 5 * HOUR,
    most: 2,
    firstBy: 74,
    isOver: true,
    troubles: { how: "unready", pod: () => failures(7 * MINUTE, 3 * HOUR) },
    mostWithStates: 6,
  },
  [`S4: a registry is out for 40 min, ${PULLING_PODS} pods of 60 workloads in 12 namespaces`]: {
    story: legacyWrites(upTo(PULLING_PODS).flatMap((index) => pulls(index, index % 15, 40 * MINUTE))),
    end: 2 * HOUR,
    most: 3,
    firstBy: 60,
    isOver: true,
    troubles: {
      pod: (name) => [[Number(name.slice("pod-".length)) % 15, 40 * MINUTE + 30]],
    },
  },
  "S4b: a registry fails little by little, 300 pods of 27 workloads in as many namespaces within 5 min": {
    story: legacyWrites(upTo(300).flatMap((index) => failsToPull(index, index))),
    end: 10 * MINUTE,
    most: 4,
    firstBy: 90,
    isOver: false,
    troubles: { pod: (name) => [[Number(name.slice("pod-".length)), HOUR]] },
  },
  "S5: one SystemOOM": {
    story: [{ at: 0, sketch: { reason: "SystemOOM", object: "/Node/n1" } }],
    end: 3 * HOUR,
    most: 1,
    firstBy: 30,
    isOver: true,
    troubles: {},
  },
  "S6: a pod cannot be scheduled for 3 h, told by the new recorder": {
    story: [
      ...seriesWrites(every(300, 0, 3 * HOUR), {
        reason: "FailedScheduling",
        object: "shop/Pod/web-1",
        component: "default-scheduler",
        message: "0/3 nodes are available",
      }),
      {
        at: 3 * HOUR + 10,
        sketch: {
          reason: "Scheduled",
          type: "Normal",
          object: "shop/Pod/web-1",
          component: "default-scheduler",
        },
      },
    ],
    end: 5 * HOUR,
    most: 2,
    firstBy: 3 * MINUTE,
    isOver: true,
    troubles: { how: "unscheduled", pod: () => [[0, 3 * HOUR + 10]] },
  },
  "S7: bursts of three every 22 min for 6 h": {
    story: every(22 * MINUTE, 0, 6 * HOUR).flatMap((at) =>
      upTo(3).map((again) => ({ at: at + again, sketch: { ...UNHEALTHY, name: "burst" } })),
    ),
    end: 9 * HOUR,
    most: 7,
    firstBy: 60,
    isOver: true,
    troubles: { how: "unready", pod: () => failures(22 * MINUTE, 6 * HOUR) },
  },
  "S8: 15 workloads of one namespace are well again one by one over 20 min": {
    story: legacyWrites(
      upTo(15).flatMap((index) => pulls(index, index % 15, 10 * MINUTE + index * 80, "shop")),
    ),
    end: 2 * HOUR,
    most: 3,
    firstBy: 60,
    isOver: true,
    troubles: {
      pod: (name) => {
        const index = Number(name.slice("pod-".length));
        return [[index % 15, 10 * MINUTE + index * 80 + 30]];
      },
    },
  },
  "S9: 1,000 pods with one cause, in their first 2 min": {
    story: legacyWrites(upTo(isWholeCheck ? 1000 : 200).flatMap((index) => failsToPull(index, index % 40))),
    end: 2 * MINUTE,
    most: 3,
    firstBy: 90,
    isOver: false,
    troubles: { pod: (name) => [[Number(name.slice("pod-".length)) % 40, HOUR]] },
  },
  "S10: a probe fails for 20 s of every 2 min for 3 h": {
    story: legacyWrites(
      every(2 * MINUTE, 0, 3 * HOUR).flatMap((at) =>
        upTo(3).map((again) => ({
          at: at + 10 * again,
          sketch: { ...UNHEALTHY, message: "Readiness probe failed: timeout" },
        })),
      ),
    ),
    end: 6 * HOUR,
    most: 4,
    firstBy: 74,
    isOver: true,
    troubles: { how: "unready", pod: () => failures(2 * MINUTE, 3 * HOUR) },
    needsStates: true,
  },
};

const STORIES = Object.entries(BUDGETS);

describe.each([
  ["without states", STORIES.filter(([, { needsStates }]) => needsStates !== true), false],
  ["with states", STORIES, true],
] as const)("2. noise budgets with the shipped rules, %s", (_how, stories, asks) => {
  it.each(stories)("%s", async (_title, { story, end, firstBy, isOver, troubles, ...budget }) => {
    const most = asks ? (budget.mostWithStates ?? budget.most) : budget.most;
    const states = asks ? stateIn.bind(undefined, troubles) : undefined;
    await using bed = await BridgeBed.open(SECTIONS, START, states);
    await bed.tell(story);
    await bed.until(end);
    // The first as many as there may be: what is too much shows itself.
    expect(bed.told).toEqual(bed.told.slice(0, most));
    expect(bed.taken[0]?.at).toBeLessThanOrEqual(firstBy);
    expect([...bed.pipeline.engine.alerts()].length === 0).toBe(isOver);
  });
});
