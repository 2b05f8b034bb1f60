/** One part of the program and whether it does its work. */
export interface HealthCheck {
  /** `watch`, `store`, `delivery`. */
  readonly name: string;
  readonly ok: boolean;
  /** In words, for an operator: what is wrong and since when, or what is fine. Holds no secret. */
  readonly detail: string;
}

/** What the probes ask. Both must answer at once: they look at what is known and wait for nothing. */
export interface Health {
  /** Whether the loops make progress; a failure here gets the process restarted. */
  live(): readonly HealthCheck[];
  /** Whether the watch is established and the store takes writes. */
  ready(): readonly HealthCheck[];
}
