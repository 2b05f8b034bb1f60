/** One alert as `POST /api/v2/alerts` takes it; times are RFC 3339. */
export interface ApiAlert {
  /** The identity of the alert: the same set is the same alert. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** It counts as over from then on; in the future while it fires. */
  readonly endsAt: string;
  /** Absolute; missing for none. Anything else makes Alertmanager refuse the whole request. */
  readonly generatorURL?: string;
}
