import { type Condition, conditions } from "./condition.ts";
import { count, flag, instant, part } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of a Job. */
export interface JobState extends Metadata {
  readonly kind: "Job";
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  /** `Complete`, `Failed`, `Suspended`. */
  readonly conditions: readonly Condition[];
}

/** The kept state of a CronJob. */
export interface CronJobState extends Metadata {
  readonly kind: "CronJob";
  readonly isSuspended: boolean;
  readonly lastScheduleAt: number | undefined;
  /** When the newest Job that succeeded had ended. */
  readonly lastSuccessAt: number | undefined;
}

/** Reads a Job, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/ */
export const job = part({
  metadata,
  status: part({ active: count, succeeded: count, failed: count, conditions }),
}).transform(({ metadata: common, status }): JobState => ({ kind: "Job", ...common, ...status }));

/** Reads a CronJob, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/ */
export const cronJob = part({
  metadata,
  spec: part({ suspend: flag }),
  status: part({ lastScheduleTime: instant, lastSuccessfulTime: instant }),
}).transform(({ metadata: common, spec, status }): CronJobState => ({
  kind: "CronJob",
  ...common,
  isSuspended: spec.suspend,
  lastScheduleAt: status.lastScheduleTime,
  lastSuccessAt: status.lastSuccessfulTime,
}));
