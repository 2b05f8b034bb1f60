import type { Severity } from "../lib/severity.ts";

/** What an Event is about. Kubernetes calls it an ObjectReference; there is no resourceVersion, which would split series. */
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
  /** The part that is meant: `spec.containers{app}`. */
  readonly fieldPath?: string | undefined;
}

/** One occurrence of something that operators may want to know. */
export interface Report {
  readonly regarding: ObjectReference;
  /** Why, for machines: one word in UpperCamelCase, the same for the same problem. 1 to 128 bytes. */
  readonly reason: string;
  /** What happened, for people; what is longer than 1,024 bytes is cut. */
  readonly note: string;
  /** What was being done, for machines: `Inject`. 1 to 128 bytes. */
  readonly action: string;
  /** `Warning` unless told. */
  readonly type?: "Warning" | "Normal" | undefined;
  /** A second object that takes part. */
  readonly related?: ObjectReference | undefined;
  /** A hint to alerting, written as the annotation `tocsin.dev/severity`. `critical` counts only where operators trust it. */
  readonly severity?: Severity | undefined;
  /** At most 4 KiB in all. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /**
   * Makes reports of different processes one series: whoever reports the same key about the same object raises the
   * count of the same Event, as long as the cluster keeps it. For jobs that run again and again. 1 to 1,024 bytes.
   */
  readonly dedupeKey?: string | undefined;
}

/** Where a report ended up, as the API server answered. */
export interface WrittenEvent {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Occurrences that the Event stands for by now, those of others with the same dedupeKey included; 1 or more. */
  readonly count: number;
}

/** A report that was made. */
export interface ReportHandle {
  /** Why the report was not taken; undefined when it was. Known at once. */
  readonly refused: Error | undefined;
  /**
   * Resolves once the API server has answered 2xx for this occurrence, which for a going series may take 30 s. Rejects
   * with a ReportError; nobody needs to wait for it, a rejection that nobody heeds harms nothing.
   */
  readonly settled: Promise<WrittenEvent>;
}
