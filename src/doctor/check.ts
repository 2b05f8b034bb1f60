/**
 * How a check came out: `ok` · `warn`: it works, but the hint is worth reading · `fail`: the service will not do its work
 * · `skip`: not tried, since what it builds on failed.
 */
export type Level = "ok" | "warn" | "fail" | "skip";

/** What a check found. */
export interface Verdict {
  readonly level: Level;
  /** What is, in a few words. */
  readonly detail: string;
  /** What to do, in words; "" when there is nothing to do. */
  readonly hint: string;
}

/** One thing to look at. */
export interface Check {
  /** `api-server`, `permission list events`, `sink ops`. */
  readonly name: string;
  /** @param signal Aborts when the time of a check is up. Whatever it throws is a failure. */
  run(signal: AbortSignal): Promise<Verdict>;
}

/** All is well. */
export function ok(detail: string): Verdict {
  return { level: "ok", detail, hint: "" };
}

export function warn(detail: string, hint: string): Verdict {
  return { level: "warn", detail, hint };
}

export function fail(detail: string, hint: string): Verdict {
  return { level: "fail", detail, hint };
}

/** @param because What failed before: "the API server does not answer". */
export function skip(because: string): Verdict {
  return { level: "skip", detail: `not tried: ${because}`, hint: "" };
}
