import { judge, type Judgement } from "../facts/judgement.ts";
import { askAbout, objectsToAsk } from "../facts/objects-to-ask.ts";
import { workloadKeyOf } from "../facts/workload-verdict.ts";
import { changed } from "../kept-alert.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { end } from "./lifecycle.ts";
import type { Due } from "./timing.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";
import { wellEnd, withoutWellness, withWellness } from "./wellness.ts";

/** An answer of this age is good enough to end an alert by; milliseconds. */
const FRESH_MS = 15_000;

/** An object without an answer of this age cannot be read, so that quiet decides; milliseconds. */
const RECENT_MS = 30_000;

/** How long an end by state waits for an answer, and how often it asks; milliseconds. Then quiet decides again. */
const PATIENCE_MS = 5 * 60_000;
const AGAIN_AFTER_MS = 30_000;

type Resolve = Due & { readonly what: "resolve" };

/**
 * Ends an alert whose end is due, if the state of its objects does not say otherwise. It is asked for first; without an
 * answer in time, what is known decides.
 */
export function concludeEnd(context: TrackingContext, alert: AlertState): readonly AlertNews[] {
  const { checks, timers, now } = context;
  const due = timers.dueOf(alert);
  if (due?.what !== "resolve" || due.at > now) {
    checks.close(alert);
    timers.reschedule(alert);
    return [];
  }
  if (isToCheck(context, alert, due) && hasToWait(context, alert)) return [];
  checks.close(alert);
  if (due.how === "state") return endByState(context, alert);
  return isToCheck(context, alert, due)
    ? endBySilence(context, alert, due.how)
    : [end(context, alert, { how: due.how, reason: "" })];
}

/** Whether the state of objects has a say: an alert without a proof ends by quiet as it always did. */
function isToCheck({ facts }: TrackingContext, alert: AlertState, { how }: Resolve): boolean {
  if (!facts.asks) return false;
  return how === "state" || alert.proof !== undefined;
}

/** Asks, and waits for the answers for a while. */
function hasToWait(context: TrackingContext, alert: AlertState): boolean {
  const { checks, facts, timers, now } = context;
  const bench = benchOf(context);
  const until = checks.until(alert);
  if (until === undefined) {
    if (askAbout(alert, { bench, purpose: "end", freshMs: FRESH_MS }) === 0) return false;
    timers.wait(alert, checks.begin(alert, now));
    return true;
  }
  if (now >= until || !objectsToAsk(alert, bench).some(({ object }) => facts.isAsked(object, now)))
    return false;
  timers.wait(alert, until);
  return true;
}

/** The state that ended the problem has lasted long enough. */
function endByState(context: TrackingContext, alert: AlertState): readonly AlertNews[] {
  const { book, now } = context;
  const judgement = judge(alert, benchOf(context));
  // After a restart, and after an occurrence, nothing is known before the next answer.
  if (judgement.kind === "unknown" && alert.well !== undefined && now < wellEnd(alert.well) + PATIENCE_MS) {
    context.timers.wait(alert, now + AGAIN_AFTER_MS);
    return [];
  }
  if (judgement.kind !== "over") {
    book.put(withoutWellness(alert));
    return [];
  }
  const after = withWellness(alert, judgement);
  if (after.well === undefined || wellEnd(after.well) > now) {
    book.put(after);
    return [];
  }
  const { by, overAt } = after.well;
  return [endTold(context, after, { by, endedAt: overAt })];
}

/** Nothing was heard of an alert for long: it ends, unless its objects are known to have the problem. */
function endBySilence(
  context: TrackingContext,
  alert: AlertState,
  how: "quiet" | "max-age",
): readonly AlertNews[] {
  const { book, now } = context;
  const judgement = judge(alert, { ...benchOf(context), notBefore: now - RECENT_MS });
  if (judgement.kind === "over") {
    if (!alert.isTold) return [end(context, alert, judgement.by, judgement.endedAt)];
    book.put(withWellness(alert, judgement));
    return [];
  }
  if (!goesOn(context, alert, judgement)) return [end(context, alert, { how, reason: "" })];
  book.put(changed(alert, { confirmedAt: now }));
  return [];
}

/** Whether the state says that the problem goes on. A Job that failed stays so: only its CronJob shows that it goes on. */
function goesOn({ facts }: TrackingContext, alert: AlertState, { kind }: Judgement): boolean {
  if (kind !== "sick" && kind !== "waiting") return false;
  if (alert.lifecycle !== "point") return true;
  const workload = workloadKeyOf(alert);
  return workload !== undefined && typeof facts.get(workload)?.found === "object";
}

/** Ends an alert by state, and remembers that. */
function endTold(
  context: TrackingContext,
  alert: AlertState,
  { by, endedAt }: Pick<Judgement & { readonly kind: "over" }, "by" | "endedAt">,
): AlertNews {
  const news = end(context, alert, by, endedAt);
  context.past.add(news.alert, context.now);
  return news;
}
