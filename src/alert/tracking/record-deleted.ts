import { judgeWorkloadOf } from "../facts/judgement.ts";
import { endByWorkload } from "../facts/well-words.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { isCleared, lastClearing, withoutObject } from "./alert.ts";
import { end } from "./lifecycle.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";

/**
 * A deleted object resolves its alerts, unless their workload is known not to be as it should be: then the pods that came
 * instead have the problem, and the state of the workload decides. Alerts of lifecycle `point` stay: they have no end.
 *
 * @param object Its key.
 */
export function* recordDeleted(context: TrackingContext, object: string): Iterable<AlertNews> {
  const { book, facts, now } = context;
  // Somebody noticed it late; an Event may have told when it was asked for.
  const deletedAt = facts.deletionOf(object) ?? now;
  for (const { fingerprint } of book.ofObject(object)) {
    const alert = book.get(fingerprint);
    if (alert === undefined || alert.phase === "resolved" || alert.lifecycle === "point") continue;
    const after = withoutObject(alert, object, Math.min(now, deletedAt));
    if (after === alert) continue;
    if (!isCleared(after)) book.put(after);
    else yield* endWithIts(context, alert, after);
  }
}

/** Ends an alert whose last object is gone, as far as its workload allows. */
function* endWithIts(context: TrackingContext, alert: AlertState, after: AlertState): Iterable<AlertNews> {
  const { verdict, state } = judgeWorkloadOf(alert, benchOf(context));
  if (verdict.kind === "unhealthy") return;
  context.book.put(after);
  const endedAt = lastClearing(after);
  if (verdict.kind === "healthy" && state !== undefined)
    yield end(context, after, { ...endByWorkload(state), reason: "" }, verdict.endedAt ?? endedAt);
  else yield end(context, after, { how: "deleted", reason: "" }, endedAt);
}
