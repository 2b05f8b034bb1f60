import type { ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { formatDuration, toDurationText } from "../lib/duration.ts";
import { errorText } from "../lib/errors.ts";
import { explainFailure, type Scope, type Survey, surveyEvents, tryWatch } from "../source/index.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

/** A writer's clock may be wrong, and the API server deletes in bundles, up to a minute late. */
const TTL_TOLERANCE_MS = 5 * 60_000;

/** Among so many Events, the absence of old ones means something. */
const MANY_EVENTS = 200;

/** A watch answers at once; a proxy that waits for the first Event does not. */
const SLOW_WATCH_MS = 2000;

/** The result of listing a scope. */
export type Listed =
  | { readonly scope: Scope; readonly survey: Survey }
  | { readonly scope: Scope; readonly trouble: string };

/** Collaborators of the questions. */
export interface Asking {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Lists the Events of one scope. */
export async function listScope(scope: Scope, asking: Asking): Promise<Listed> {
  try {
    return { scope, survey: await surveyEvents(scope, asking) };
  } catch (error) {
    return { scope, trouble: asking.signal.aborted ? errorText(error) : explainFailure(error, scope) };
  }
}

/** Checks how long the server keeps Events, as far as they show it. @param ttlMs As configured. */
export function judgeTtl(listed: readonly Listed[], ttlMs: number): Verdict {
  const surveys = listed.flatMap((each) => ("survey" in each ? [each.survey] : []));
  const troubles = listed.flatMap((each) => ("trouble" in each ? [each.trouble] : []));
  const [trouble] = troubles;
  if (trouble !== undefined && surveys.length === 0) {
    return fail(
      trouble,
      "until Events can be listed, nothing is known of them and the service does not start to watch",
    );
  }
  const ages = surveys.flatMap(({ oldestMs }) => (oldestMs === undefined ? [] : [oldestMs]));
  const events = surveys.reduce((sum, survey) => sum + survey.events, 0);
  const configured = `kubernetes.eventTtl is ${toDurationText(ttlMs)}`;
  if (ages.length === 0) return ok(`no Events to tell it by; ${configured}`);
  const oldestMs = Math.max(...ages);
  const isPart = surveys.some(({ complete }) => !complete);
  const whose =
    events === 1 ? "the one Event" : `the oldest of ${isPart ? "the first " : ""}${events} Events`;
  const detail = `at least ${formatDuration(oldestMs)}, the age of ${whose}; ${configured}`;
  if (oldestMs > ttlMs + TTL_TOLERANCE_MS) {
    return warn(
      detail,
      "Events live longer than configured: set kubernetes.eventTtl to the API server's --event-ttl, so that what is known of them is kept as long",
    );
  }
  if (events >= MANY_EVENTS && oldestMs < ttlMs / 2 && !isPart) {
    return warn(
      detail,
      `unless the cluster is younger than ${formatDuration(ttlMs)}, its Events live shorter than configured: set kubernetes.eventTtl to the API server's --event-ttl, so that a gap is reported in time`,
    );
  }
  return ok(detail);
}

/** Opens a watch at the end of the list. */
export async function judgeWatch(listed: Listed, asking: Asking): Promise<Verdict> {
  if ("trouble" in listed) {
    return fail(
      `nothing to begin at: ${listed.trouble}`,
      "the service begins with a list of Events; see the checks before this one",
    );
  }
  const tried = await tryWatch(listed.scope, listed.survey.resourceVersion, asking);
  if ("trouble" in tried) {
    return fail(
      tried.trouble,
      "grant watch on events (tocsin rbac), or look at what stands between here and the API server",
    );
  }
  const detail = `open after ${Math.round(tried.ms)} ms`;
  if (tried.ms < SLOW_WATCH_MS) return ok(`${detail}; whether Events arrive shows only when one is written`);
  return warn(
    detail,
    "something on the way holds answers back: let proxies pass streams on unbuffered, or Events come late",
  );
}
