import type { V1Container, V1CronJob, V1CronJobSpec, V1Job, V1JobSpec } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import { FOLLOW, type Stage } from "../stage.ts";
import { hasNewestRunFailed, isTroubled } from "../well.ts";

/** A Job of one run, `report`. */
export function job(
  stage: Stage,
  words: string,
  more: Partial<V1JobSpec> = {},
  container: Partial<V1Container> = {},
): V1Job {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "report", namespace: stage.namespace },
    spec: jobSpec(stage, words, more, container),
  };
}

/** A CronJob that runs each minute. */
export function cronJob(stage: Stage, words: string, more: Partial<V1CronJobSpec> = {}): V1CronJob {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "invoices" },
    spec: { schedule: "* * * * *", jobTemplate: { spec: jobSpec(stage, words) }, ...more },
  };
}

function jobSpec(
  stage: Stage,
  words: string,
  more: Partial<V1JobSpec> = {},
  container: Partial<V1Container> = {},
): V1JobSpec {
  const template = stage.template(words, { container, pod: { restartPolicy: "Never" } });
  return { backoffLimit: 0, template, ...more };
}

/** Deletes the Job and makes it anew, as a person does. */
async function runAnew(stage: Stage, words: string): Promise<void> {
  await stage.cluster.remove(job(stage, ""));
  await stage.untilNoJob();
  await stage.apply(job(stage, words));
}

/** Whether a run goes on although the next one is due. */
function isOverdue({ status }: V1Job): boolean {
  const { active = 0, startTime } = status ?? {};
  return active > 0 && Date.now() - new Date(startTime ?? Date.now()).getTime() > 60_000;
}

/** Jobs. */
export const runs: readonly Incident[] = [
  {
    name: "job-fails",
    cause: async (stage) => stage.apply(job(stage, "exit 7 1s")),
    repair: async (stage) => runAnew(stage, "exit 0 1s"),
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
    name: "job-too-long",
    cause: async (stage) => stage.apply(job(stage, "serve", { activeDeadlineSeconds: 5 })),
    repair: async (stage) => runAnew(stage, "exit 0 1s"),
    isSo: hasNewestRunFailed,
    rules: /job-failed/u,
    names: [/deadline/iu],
  },
  {
    name: "job-without-image",
    cause: async (stage) =>
      stage.apply(job(stage, "exit 0 1s", {}, { image: "registry.example.com/shop/report:9" })),
    repair: async (stage) => runAnew(stage, "exit 0 1s"),
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/shop\/report:9/u, /not found/iu],
  },
  {
    name: "cron-job-hangs",
    isSlow: true,
    cause: async (stage) => stage.apply(cronJob(stage, "serve", { concurrencyPolicy: "Forbid" })),
    repair: async (stage) => {
      await stage.apply(cronJob(stage, "exit 0 1s", { concurrencyPolicy: "Forbid" }));
      await stage.removeJobs();
    },
    isSo: ({ jobs }) => jobs.some(isOverdue),
    rules: /cronjob-run-skipped/u,
    names: [/invoices/u, /still running|previous run/iu],
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
