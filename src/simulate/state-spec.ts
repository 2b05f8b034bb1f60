import { z } from "zod";

import { Duration } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";

const Word = z.string().max(256);

const Termination = strict({
  exitCode: z.int().optional().describe("exit code; without it 1"),
  reason: Word.optional().describe("such as OOMKilled, Error, Completed"),
  message: z.string().optional().describe("the end of its log"),
  ran: Duration.optional().describe("how long it ran"),
});

/**
 * The state of an object in short, of which each kind has a part, or the whole object as the API server gives it. Times
 * are from the start of the story.
 */
export const StateSpec = strict({
  since: Duration.optional().describe(
    "since when it is so, from the start of the story; without it, since `at`",
  ),
  created: Duration.optional().describe("when the object was made"),
  deleting: z.boolean().optional().describe("whether it is being deleted"),
  owner: Word.optional().describe("its controller, `Kind/name`"),
  conditions: z
    .record(Word, z.union([z.boolean().transform((is) => (is ? "True" : "False")), Word]))
    .optional()
    .describe("further conditions, `{ Healthy: true }`"),
  ready: z
    .union([z.boolean(), z.int().min(0)])
    .optional()
    .describe("of a Pod or Node whether it is ready, of a workload how many of its pods are"),
  container: Word.optional().describe("of a Pod: the name of its container"),
  node: Word.optional().describe('of a Pod: its node, "" before it has one'),
  restarts: z.int().min(0).optional().describe("of a Pod: how often its container was restarted"),
  running: Duration.optional().describe("of a Pod: since when its container runs; without it `since`"),
  waiting: Word.optional().describe("of a Pod: the reason why its container waits, such as ImagePullBackOff"),
  terminated: Termination.optional().describe("of a Pod: how its container ended"),
  lastTerminated: Termination.optional().describe(
    "of a Pod: how its container ended before it was restarted",
  ),
  memoryLimit: Word.optional().describe("of a Pod: the memory limit of its container"),
  desired: z.int().min(0).optional().describe("of a workload: how many pods it should have"),
  updated: z
    .int()
    .min(0)
    .optional()
    .describe("of a workload: its pods of the newest version; without it all"),
  available: z.int().min(0).optional().describe("of a workload: its available pods; without it those ready"),
  paused: z.boolean().optional().describe("of a workload: whether its rollout is paused"),
  pressure: z
    .array(z.enum(["memory", "disk", "pid"]))
    .optional()
    .describe("of a Node: what it lacks"),
  unschedulable: z.boolean().optional().describe("of a Node: whether it is cordoned"),
  complete: z.boolean().optional().describe("of a Job: whether it has succeeded"),
  failed: z.boolean().optional().describe("of a Job: whether it has failed"),
  succeeded: Duration.optional().describe("of a CronJob: when a Job of it succeeded last"),
  suspended: z.boolean().optional().describe("of a CronJob: whether it is suspended"),
  bound: z.boolean().optional().describe("of a claim or volume: whether it is bound"),
  able: z.boolean().optional().describe("of an autoscaler: whether it finds its target"),
  active: z.boolean().optional().describe("of an autoscaler: whether it has metrics"),
  metadata: z
    .unknown()
    .optional()
    .describe("the object as the API server gives it, with `spec` and `status`"),
  spec: z.unknown().optional().describe("see `metadata`"),
  status: z.unknown().optional().describe("see `metadata`"),
});
/** A checked state. */
export type StateSpec = z.output<typeof StateSpec>;

/** Keys of every kind. */
const COMMON = ["since", "created", "deleting", "owner", "conditions", "metadata", "spec", "status"] as const;

const WORKLOAD = ["desired", "ready", "updated", "available", "paused"] as const;

const KEYS: Readonly<Record<string, readonly (keyof StateSpec)[]>> = {
  Pod: [
    "ready",
    "container",
    "node",
    "restarts",
    "running",
    "waiting",
    "terminated",
    "lastTerminated",
    "memoryLimit",
  ],
  Deployment: WORKLOAD,
  StatefulSet: WORKLOAD,
  DaemonSet: WORKLOAD,
  ReplicaSet: ["desired", "ready"],
  Node: ["ready", "pressure", "unschedulable"],
  Job: ["complete", "failed"],
  CronJob: ["succeeded", "suspended"],
  PersistentVolumeClaim: ["bound"],
  PersistentVolume: ["bound"],
  HorizontalPodAutoscaler: ["able", "active"],
};

/** The keys that the state of a kind has. */
export function keysOfState(kind: string): readonly (keyof StateSpec)[] {
  return [...(KEYS[kind] ?? []), ...COMMON];
}
