import { conditionOf } from "../condition.ts";
import type { CronJobState, JobState } from "../job.ts";
import { type Health, UNHEALTHY, wellSince } from "./health.ts";

/** The Job is complete. */
export function jobHealth(job: JobState, now: number): Health {
  const complete = conditionOf(job, "Complete");
  return complete?.status === "True" ? wellSince(complete.since, now) : UNHEALTHY;
}

/** A Job of the CronJob succeeded after the failure. */
export function cronJobHealth({ lastSuccessAt }: CronJobState, failedAt: number, now: number): Health {
  return lastSuccessAt !== undefined && lastSuccessAt > failedAt ? wellSince(lastSuccessAt, now) : UNHEALTHY;
}
