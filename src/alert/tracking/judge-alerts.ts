import { objectOfMember } from "../alert-objects.ts";
import { judge, type Judgement, judgeMembers } from "../facts/judgement.ts";
import { askAbout } from "../facts/objects-to-ask.ts";
import type { Fact } from "../inquiry.ts";
import { changed } from "../kept-alert.ts";
import type { AlertNews } from "../news.ts";
import type { AlertState } from "../state.ts";
import { concludeEnd } from "./conclude-end.ts";
import { end } from "./lifecycle.ts";
import { raiseIfDown } from "./raise-if-down.ts";
import { benchOf, type TrackingContext } from "./tracking-context.ts";
import { withoutWellness, withWellness } from "./wellness.ts";
import { withFound } from "./with-found.ts";

/** When an object is well again, the others of its alert are asked for if their facts are older; milliseconds. */
const FOLLOWED_UP_MS = 10_000;

/** A proof that is due then, or an object that is gone then, is looked at a little later; milliseconds. */
const LATER_MS = 1000;

/** Judges the alerts anew that facts are about, each once. The book of facts has these facts already. */
export function* judgeAlerts(context: TrackingContext, facts: readonly Fact[]): Iterable<AlertNews> {
  const fingerprints = new Set<string>();
  for (const fact of facts) {
    for (const alert of alertsAbout(context, fact.object)) {
      fingerprints.add(alert.fingerprint);
      const after = withFound(alert, fact);
      if (after !== alert) context.book.put(after);
    }
  }
  for (const fingerprint of fingerprints) {
    const alert = context.book.get(fingerprint);
    if (alert === undefined || alert.isTombstone || alert.phase === "resolved") continue;
    yield* judgeAlert(context, alert);
    const after = context.book.get(fingerprint);
    if (after !== undefined && context.checks.until(after) !== undefined) yield* concludeEnd(context, after);
  }
}

function alertsAbout({ book }: TrackingContext, object: string): readonly AlertState[] {
  return [...book.ofObject(object), ...book.ofWorkload(object)];
}

function* judgeAlert(context: TrackingContext, alert: AlertState): Iterable<AlertNews> {
  const judgement = judge(alert, benchOf(context));
  if (judgement.kind === "over") {
    if (alert.isTold) put(context, alert, withWellness(alert, judgement));
    else yield* endUntold(context, alert, judgement);
    return;
  }
  const open = judgement.kind === "unknown" ? alert : withoutWellness(alert);
  put(context, alert, open);
  if (judgement.kind === "sick") yield* raiseIfDown(context, open);
  lookOn(context, open, judgement);
}

function put({ book }: TrackingContext, before: AlertState, after: AlertState): void {
  if (after !== before) book.put(after);
}

/**
 * Ends an alert that was over before anybody was told. One that no state can prove to be over is told like any other,
 * and so is one that comes and goes.
 */
function* endUntold(
  context: TrackingContext,
  alert: AlertState,
  { by, endedAt }: Judgement & { readonly kind: "over" },
): Iterable<AlertNews> {
  if (alert.proof === undefined || alert.comings !== undefined) return;
  if (alert.phase === "firing") {
    const comings = context.past.countUntold(alert, endedAt ?? context.now, context.now);
    if (comings !== undefined) return put(context, alert, changed(alert, { comings }));
  }
  yield end(context, alert, by, endedAt);
}

/** Looks again when the state is to change, and at the other objects when one of them is well. */
function lookOn(context: TrackingContext, alert: AlertState, judgement: Judgement): void {
  const { facts, watch, now } = context;
  if (judgement.kind === "waiting") return watch.lookBy(alert, judgement.until + LATER_MS);
  const bench = benchOf(context);
  const { members } = judgeMembers(alert, bench);
  const isWell = members.some(({ verdict: { kind } }) => kind !== "unhealthy" && kind !== "unknown");
  if (isWell) askAbout(alert, { bench, purpose: "watch", freshMs: FOLLOWED_UP_MS });
  for (const { member } of members) {
    const deletionAt = facts.deletionOf(objectOfMember(member));
    if (deletionAt !== undefined && deletionAt > now) watch.lookBy(alert, deletionAt + LATER_MS);
  }
}
