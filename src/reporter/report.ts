import type { Severity } from "../lib/severity.ts";

/**
 * The object of an Event. Kubernetes calls it an ObjectReference; there is no resourceVersion, which would split
 * series.
 */
export interface ObjectReference {
  /** `Deployment`, never `deployments`. */
  readonly kind: string;
  readonly name: string;
  /** `apps/v1`; for core objects `v1`. */
  readonly apiVersion?: string | undefined;
  /** Left out for objects without namespace; their Events lie in `default`. */
  readonly namespace?: string | undefined;
  /** Without it, `kubectl describe` does not show the Event. */
  readonly uid?: string | undefined;
  /** A part of the object: `spec.containers{app}`. */
  readonly fieldPath?: string | undefined;
}

/** One occurrence of a problem or event for operators. */
export interface Report {
  readonly regarding: ObjectReference;
  /** The reason, for machines: one word in UpperCamelCase, the same for the same problem. 1 to 128 bytes. */
  readonly reason: string;
  /** A text for people; a text longer than 1,024 bytes is cut. */
  readonly note: string;
  /** The operation, for machines: `Inject`. 1 to 128 bytes. */
  readonly action: string;
  /** `Warning` by default. */
  readonly type?: "Warning" | "Normal" | undefined;
  /** A second object that takes part. */
  readonly related?: ObjectReference | undefined;
  /** A hint to alerting, written as the annotation `tocsin.dev/severity`. `critical` counts only where operators trust it. */
  readonly severity?: Severity | undefined;
  /** At most 4 KiB in all. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /**
   * Makes reports of different processes one series: each process that reports the same key about the same object
   * raises the count of the same Event, as long as the cluster keeps it. For jobs that run again and again. 1 to 1,024
   * bytes.
   */
  readonly dedupeKey?: string | undefined;
}

/** The Event of a report, as the API server answered. */
export interface WrittenEvent {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Occurrences of the Event so far, those of others with the same dedupeKey included; 1 or more. */
  readonly count: number;
}

/** The handle of a report. */
export interface ReportHandle {
  /** The reason why the reporter refused the report; undefined when it did not. Known at once. */
  readonly refused: Error | undefined;
  /**
   * Resolves once the API server has accepted this occurrence, which for a going series may take 30 s. Rejects with a
   * ReportError. Nobody needs to wait for it; an unhandled rejection does no harm.
   */
  readonly settled: Promise<WrittenEvent>;
}
