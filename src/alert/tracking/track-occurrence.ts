import { ObjectKey, type Occurrence } from "../../event/index.ts";
import type { CompiledRule } from "../../rule/index.ts";
import { changed } from "../kept-alert.ts";
import type { AlertNews, ForwardNews, News } from "../news.ts";
import type { AlertState } from "../state.ts";
import { isCleared, isNewsAgain, lastClearing, sourceKey, withCounter, withOccurrence } from "./alert.ts";
import type { CounterEvent } from "./counters.ts";
import { formerAlert } from "./former-alert.ts";
import { pinnedSubject, type Subject, subjectOf } from "./identity.ts";
import { advance, end, openAt } from "./lifecycle.ts";
import { outlivesItsEvent } from "./nature.ts";
import { fingerprintFor, type Opening, openAlert } from "./opening.ts";
import { asOverflow, gathering } from "./overflow.ts";
import { punctual } from "./punctual.ts";
import { takeHint } from "./take-hint.ts";
import { REFRESH_STEP_MS } from "./timing.ts";
import { isAbsent, recordOccurrence } from "./track-absence.ts";
import type { TrackingContext } from "./tracking-context.ts";
import { isProvenByState } from "./wellness.ts";

/**
 * Tracks an occurrence: it ends alerts as a counter-event, keeps alerts awake, and opens alerts or is added to them.
 */
export function* trackOccurrence(context: TrackingContext, seen: Occurrence): Iterable<News> {
  const occurrence = punctual(seen);
  const { event } = occurrence;
  const { rules } = context.policy;
  const subject = subjectOf(occurrence);
  const counter = rules.couldCounter(event) ? { ...subject, via: occurrence.via } : undefined;
  if (counter !== undefined) context.counters.remember(counter);
  if (occurrence.delta === 0) return;
  const wanted = wantedBy(context, occurrence);
  if (wanted.length > 0) yield { kind: "forwarded", occurrence, wanted };
  if (counter !== undefined) yield* applyCounter(context, counter);
  takeHint(context, occurrence);
  if (rules.droppedBy(event) !== undefined) {
    context.observer.suppressed("drop", occurrence.delta);
    return;
  }
  refresh(context, subject, occurrence);
  for (const rule of rules.match(event, (name) => context.observer.conditionFailed(name))) {
    if (rule.state !== undefined && occurrence.stateRules?.includes(rule.name) !== true) continue;
    if (isAbsent(rule)) yield* recordOccurrence(context, rule, { subject, occurrence });
    else if (context.ages.concerns(rule.name, occurrence))
      yield* feed(context, rule, { subject, occurrence });
  }
}

function wantedBy({ policy, ages }: TrackingContext, occurrence: Occurrence): ForwardNews["wanted"] {
  if (occurrence.history) return [];
  return policy.forwards.match(occurrence.event).flatMap((forward) => {
    const name = `forward:${forward.name}`;
    return ages.concerns(name, occurrence) ? [{ forward, delta: ages.deltaFor(name, occurrence) }] : [];
  });
}

function* applyCounter(context: TrackingContext, counter: CounterEvent): Iterable<AlertNews> {
  const { book, farReaching, policy } = context;
  const near = book.ofObject(counter.object).map(({ fingerprint }) => fingerprint);
  for (const fingerprint of new Set([...near, ...farReaching.of(counter.event)])) {
    const alert = book.get(fingerprint);
    if (alert === undefined || alert.phase === "resolved") continue;
    const after = withCounter(alert, policy.rules.byName.get(alert.rule), counter);
    if (after === alert) continue;
    book.put(after);
    if (isCleared(after))
      yield end(context, after, { how: "event", reason: counter.event.reason }, lastClearing(after));
  }
}

/**
 * Keeps alerts awake by any event of the same writer about the same object: the events share one spam filter, so one of
 * them may stand for another that was dropped.
 */
function refresh({ book, policy, now }: TrackingContext, subject: Subject, occurrence: Occurrence): void {
  // Hardly any event is about the object of an alert.
  if (!book.hasSourceAbout(subject.object)) return;
  for (const alert of book.ofSource(sourceKey(occurrence.event.source.component, subject.object))) {
    if (alert.phase === "resolved" || alert.quietMs === undefined) continue;
    const step = Math.min(REFRESH_STEP_MS, alert.quietMs / 4);
    if (now - alert.activeAt < step) continue;
    const counter = { ...subject, via: occurrence.via };
    if (withCounter(alert, policy.rules.byName.get(alert.rule), counter) !== alert) continue;
    book.put(changed(alert, { activeAt: now }));
  }
}

/** Opens the alert of a rule for an occurrence, or adds it to the open one, and lets the alert fire when it may. */
function feed(
  context: TrackingContext,
  rule: CompiledRule,
  { subject: whole, occurrence }: { readonly subject: Subject; readonly occurrence: Occurrence },
): readonly AlertNews[] {
  const { observer, policy, now } = context;
  const subject = pinnedSubject(whole, (workload) => isPinned(context, rule, [whole, workload]));
  const row = policy.rules.reasonRow(subject.event);
  const delta = matchingOf(rule, occurrence, context.ages.deltaFor(rule.name, occurrence));
  if (occurrence.history && !outlivesItsEvent(rule, row)) {
    observer.suppressed("cold_start", delta);
    return [];
  }
  observer.occurrences(rule.name, delta);
  const onTextError = (): void => observer.ruleError(rule.name, "opening");
  const endsOf = (fingerprint: string): AlertState["ends"] =>
    context.past.of(fingerprint, subject.event.lastSeenAt, now);
  const opening = { row, policy, now, onTextError, endsOf };
  const known =
    openAt(context, fingerprintFor(rule, subject, opening)) ??
    formerAlert(context, rule, { subject, opening }) ??
    gathered(context, rule, { subject, opening });
  if (known === undefined) observer.transition(rule.name, "pending");
  let alert = withOccurrence(known ?? openAlert(rule, subject, opening), rule, subject, {
    occurrence,
    delta,
    now,
  });
  const newer = context.counters.newerThan(subject, occurrence.via);
  // The counter-events arrived earlier, so only times show which members they clear, as in a list.
  for (const counter of newer) alert = withCounter(alert, rule, { ...counter, via: "list" });
  context.book.put(alert);
  context.activity.add(alert, { occurrences: delta }, now);
  // It tells of the time before an end that the state of objects proves.
  if (alert.phase === "resolved") return [];
  const news = [...resumption(known, alert)];
  if (isCleared(alert))
    news.push(
      end(context, alert, { how: "event", reason: newer.at(-1)?.event.reason ?? "" }, lastClearing(alert)),
    );
  else news.push(...advance(context, alert, rule));
  return news;
}

/** The news of an alert that fires again, or that was held back and happened again. */
function resumption(known: AlertState | undefined, alert: AlertState): readonly AlertNews[] {
  // A sink of another group may have been sent the end that this occurrence takes back.
  if (known?.phase === "resolved") return [{ kind: isProvenByState(known) ? "again" : "fires-again", alert }];
  return isNewsAgain(alert) || hasFailedAgain(known, alert) ? [{ kind: "heard-again", alert }] : [];
}

/** Occurrences of one Event of which a rule looks at each count. */
const MOST_COUNTS = 1000;

/** How many of the last occurrences of an Event a rule matches: `count: { gte: 2 }` does not match the first one. */
function matchingOf({ allowsCount }: CompiledRule, { event }: Occurrence, delta: number): number {
  if (allowsCount === undefined || delta < 2) return delta;
  const earlier = Array.from(
    { length: Math.min(delta, MOST_COUNTS) },
    (_, index) => event.count - delta + 1 + index,
  );
  return Math.max(1, delta - earlier.filter((count) => !allowsCount(count)).length);
}

/** The overflow alert of a rule when the book is full; undefined while it has room. */
function gathered(
  context: TrackingContext,
  rule: CompiledRule,
  { subject, opening }: { readonly subject: Subject; readonly opening: Opening },
): AlertState | undefined {
  if (context.book.size < context.mostAlerts) return undefined;
  const known = openAt(context, fingerprintFor(gathering(rule), subject, opening));
  if (known === undefined) context.observer.transition(rule.name, "pending");
  return known ?? asOverflow(openAlert(gathering(rule), subject, opening));
}

/** Whether an alert of the rule for this workload was sent, so that it has to keep its fingerprint. */
function isPinned(
  { book }: TrackingContext,
  { name }: CompiledRule,
  [subject, workload]: readonly [Subject, string],
): boolean {
  const { event, namespace } = subject;
  const object = ObjectKey.format({ cluster: event.cluster, namespace, ...ObjectKey.parseName(workload) });
  return book.ofWorkload(object).some((alert) => alert.rule === name && alert.isTold);
}

/** Whether a further Job of an alert about failed Jobs has failed. */
function hasFailedAgain(
  known: AlertState | undefined,
  { lifecycle, phase, proof, members }: AlertState,
): boolean {
  const isOfJobs = lifecycle === "point" && proof === "complete" && phase === "firing";
  return isOfJobs && known !== undefined && members.length > known.members.length;
}
