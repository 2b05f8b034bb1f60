import type { ProcessSettings } from "../config/index.ts";
import { type ApiClient, ApiError, connect, PluginError } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { silentLogger } from "../lib/log.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

/** Facts that an API server gave about itself. */
export interface Contact {
  /** Undefined when it did not answer, or refused. */
  readonly client: ApiClient | undefined;
  readonly verdict: Verdict;
  /** By its Date header; undefined when there was none. */
  readonly skew: Skew | undefined;
}

/** How far the machine's clock is ahead of the server's, in milliseconds. */
export interface Skew {
  readonly aheadMs: number;
  /** The true value differs from it by at most this. */
  readonly precisionMs: number;
}

/** The Date header has seconds only. */
const DATE_RESOLUTION_MS = 1000;

/** Finds the API server and asks for its version. The caller closes the client. */
export async function contact(
  kubernetes: ProcessSettings["kubernetes"],
  { env, clock }: { readonly env: NodeJS.ProcessEnv; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Contact> {
  let client: ApiClient | undefined;
  try {
    client = await connect(kubernetes, { env, clock, log: silentLogger, signal });
    return { client, ...(await ask(client, clock, signal)) };
  } catch (error) {
    await client?.close();
    return noContact(error, client?.server ?? "");
  }
}

/** The check of a failure. @param server Its address; "" when unknown. */
export function noContact(error: unknown, server: string): Contact {
  return { client: undefined, verdict: judgeFailure(error, server), skew: undefined };
}

async function ask(
  client: ApiClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pick<Contact, "verdict" | "skew">> {
  const sentAt = clock.now();
  try {
    const { body, date } = await client.getJson("/version", { signal });
    const receivedAt = clock.now();
    const verdict = ok(`${versionIn(body)} at ${client.server}`);
    return { verdict, skew: date === undefined ? undefined : skewOf(date, sentAt, receivedAt) };
  } catch (error) {
    // Everybody who may log in may read it by default, and nothing depends on it.
    if (!(error instanceof ApiError) || ![403, 404].includes(error.status)) throw error;
    return { verdict: ok(`answers at ${client.server}, version not shown`), skew: undefined };
  }
}

/** The header's date has whole seconds, and was made at some moment between two of ours. */
export function skewOf(date: number, sentAt: number, receivedAt: number): Skew {
  const theirs = date + DATE_RESOLUTION_MS / 2;
  return {
    aheadMs: (sentAt + receivedAt) / 2 - theirs,
    precisionMs: (DATE_RESOLUTION_MS + receivedAt - sentAt) / 2,
  };
}

function versionIn(body: unknown): string {
  const version: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "gitVersion") : undefined;
  return typeof version === "string" ? version : "unknown version";
}

function judgeFailure(error: unknown, server: string): Verdict {
  if (error instanceof ApiError && error.status === 401) {
    return fail(
      `401 unauthorized at ${server}`,
      "renew the token or client certificate; kubectl auth whoami with the same kubeconfig shows who the server thinks you are",
    );
  }
  if (error instanceof PluginError) return fail(errorText(error), error.remedy);
  if (error instanceof TocsinError && error.code === "ERR_CREDENTIALS") {
    return fail(
      errorText(error),
      "name a kubeconfig by kubernetes.kubeconfig or $KUBECONFIG; in a cluster, mount the service account's token",
    );
  }
  return fail(
    errorText(error),
    `check that ${server === "" ? "the address" : server} is that of the API server and can be reached from here, and that its certificate is trusted`,
  );
}

/** The check of the clock's skew. */
export function judgeSkew(skew: Skew | undefined): Verdict {
  if (skew === undefined)
    return warn("not known: the API server sends no Date", "compare the clocks by hand");
  const { aheadMs, precisionMs } = skew;
  const apart = Math.abs(aheadMs);
  const seconds = (apart / 1000).toFixed(1);
  const detail = `${seconds} s ${aheadMs < 0 ? "behind" : "ahead of"} the API server`;
  const hint =
    "synchronise this machine's clock (NTP): times of Events, silences and muted hours are compared with it";
  if (apart - precisionMs > BAD_SKEW_MS) return fail(detail, hint);
  if (apart - precisionMs > DOUBTFUL_SKEW_MS) return warn(detail, hint);
  return ok(apart <= precisionMs ? "no difference to the API server" : detail);
}

/** Every machine with NTP is closer. */
const DOUBTFUL_SKEW_MS = 2000;
/** With more skew, "now" in messages is wrong to the reader, and short thresholds are wrong. */
const BAD_SKEW_MS = 30_000;
