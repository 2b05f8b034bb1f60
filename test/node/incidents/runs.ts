import type { V1CronJob, V1Job, V1JobSpec } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import { FOLLOW, type Stage } from "../stage.ts";
import { hasNewestRunFailed } from "../well.ts";

/** A Job of one run, `report`. */
export function job(stage: Stage, words: string, more: Partial<V1JobSpec> = {}): V1Job {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "report", namespace: stage.namespace },
    spec: jobSpec(stage, words, more),
  };
}

/** A CronJob that runs each minute. */
export function cronJob(stage: Stage, words: string): V1CronJob {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "invoices" },
    spec: { schedule: "* * * * *", jobTemplate: { spec: jobSpec(stage, words, {}) } },
  };
}

function jobSpec(stage: Stage, words: string, more: Partial<V1JobSpec>): V1JobSpec {
  return { backoffLimit: 0, template: stage.template(words, { pod: { restartPolicy: "Never" } }), ...more };
}

/** Jobs. */
export const runs: readonly Incident[] = [
  {
    name: "job-fails",
    cause: async (stage) => stage.apply(job(stage, "exit 7 1s")),
    repair: async (stage) => {
      await stage.cluster.remove(job(stage, ""));
      await stage.untilNoJob();
      await stage.apply(job(stage, "exit 0 1s"));
    },
    isSo: hasNewestRunFailed,
    rules: /job-failed/u,
    names: [/exit(?: code)? 7\b|backoff ?limit/iu],
  },
  {
    name: "job-gone-at-once",
    cause: async (stage) => stage.apply(job(stage, "exit 7 1s", { ttlSecondsAfterFinished: 0 })),
    isSo: hasNewestRunFailed,
    rules: /job-failed/u,
    names: [/backoff ?limit/iu],
    isPoint: true,
  },
  {
    name: "cron-job",
    cause: async (stage) => {
      stage.tell("exit 1 1s");
      await stage.apply(cronJob(stage, FOLLOW));
    },
    repair: async (stage) => stage.tell("exit 0 1s"),
    isSo: hasNewestRunFailed,
    rules: /job-failed/u,
    names: [/invoices/u],
  },
];
