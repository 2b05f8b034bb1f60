/** Whether the state of one kind of objects can be read. */
export interface KindStatus {
  /** As RBAC names it: `pods`, `replicasets.apps`. */
  readonly resource: string;
  /** `readable`: the API server answered the last question. `paused`: answers fail, or it asked for a pause. */
  readonly state: "readable" | "paused" | "forbidden";
  /** Of a refusal; "" for all of them, or an object without one. At most 10. */
  readonly namespaces: readonly string[];
  /** Milliseconds until it is tried again; 0 when it may be now. */
  readonly retryMs: number;
}

/** The look-ups of states at a glance. */
export interface LookUpStatus {
  /** Kinds that somebody asked for, by name. */
  readonly kinds: readonly KindStatus[];
  /** Requests that may start at once now, of so many after a rest. */
  readonly free: number;
  readonly burst: number;
  /** So many more come back each second. */
  readonly perSecond: number;
  /** Inquiries that wait for their turn, and for how long the oldest has waited; milliseconds. */
  readonly waiting: number;
  readonly oldestMs: number;
}
