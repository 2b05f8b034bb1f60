/** One part of the program and whether it works. */
export interface HealthCheck {
  /** `watch`, `store`, `pipeline`. */
  readonly name: string;
  readonly ok: boolean;
  /** For an operator: the problem and since when, or that all is well. Holds no secret. */
  readonly detail: string;
}

/** The answers to probes. Both return at once: they read known facts and wait for nothing. */
export interface Probes {
  /** Whether the loops make progress; a failure here makes the kubelet restart the process. */
  live(): readonly HealthCheck[];
  /** Whether the watch is established and the store takes writes. */
  ready(): readonly HealthCheck[];
}
