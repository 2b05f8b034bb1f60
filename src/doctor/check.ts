/**
 * Result of a check: `ok` · `warn`: it works, but read the hint · `fail`: the service will not work · `skip`: not
 * tried, because a check that it depends on failed.
 */
export type Level = "ok" | "warn" | "fail" | "skip";

/** The finding of a check. */
export interface Verdict {
  readonly level: Level;
  /** The state, in a few words. */
  readonly detail: string;
  /** The remedy, in words; "" for none. */
  readonly hint: string;
}

/** One check. */
export interface Check {
  /** `api-server`, `permission list events`, `sink ops`. */
  readonly name: string;
  /** @param signal Aborts when the time of the check is up. Any error is a failure. */
  run(signal: AbortSignal): Promise<Verdict>;
}

/** The check of a working part. */
export function ok(detail: string): Verdict {
  return { level: "ok", detail, hint: "" };
}

/** The check of a part that works, but that a person should look at. @param hint The remedy. */
export function warn(detail: string, hint: string): Verdict {
  return { level: "warn", detail, hint };
}

/** The check of a part that does not work. @param hint The remedy. */
export function fail(detail: string, hint: string): Verdict {
  return { level: "fail", detail, hint };
}

/** @param because The failure before: "the API server does not answer". */
export function skip(because: string): Verdict {
  return { level: "skip", detail: `not tried: ${because}`, hint: "" };
}
