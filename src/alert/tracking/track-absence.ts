import type { Occurrence } from "../../event/index.ts";
import type { CompiledRule } from "../../rule/index.ts";
import type { AbsenceState } from "../absence.ts";
import type { StreamKey } from "../engine-input.ts";
import type { AlertNews } from "../news.ts";
import { withOccurrence } from "./alert.ts";
import { type Subject, subjectOf } from "./identity.ts";
import { end, fire, openAt } from "./lifecycle.ts";
import { fingerprintFor, type Opening, openAlert } from "./opening.ts";
import type { TrackingContext } from "./tracking-context.ts";

/** An answer about the object is awaited for so long before its absence is told; milliseconds. */
const ANSWER_MS = 2000;

/** A state of this age is good enough; milliseconds. */
const FRESH_MS = 10_000;

/** Less unwatched time than this is not worth saying; milliseconds. */
const SHORT_MS = 60_000;

type AbsentRule = CompiledRule & { readonly absent: NonNullable<CompiledRule["absent"]> };

/** Whether a rule fires when what it matches does not occur. */
export function isAbsent(rule: CompiledRule): rule is AbsentRule {
  return rule.absent !== undefined;
}

/** Waits anew from an occurrence on, and ends the alert of its absence. */
export function* recordOccurrence(
  context: TrackingContext,
  rule: AbsentRule,
  { subject, occurrence }: { readonly subject: Subject; readonly occurrence: Occurrence },
): Iterable<AlertNews> {
  const { absences, now, observer } = context;
  const { event } = subject;
  const fingerprint = fingerprintFor(rule, subject, openingOf(context, rule, subject));
  const known = absences.get(fingerprint);
  if (known !== undefined && !known.isExpected && event.lastSeenAt < known.event.lastSeenAt) return;
  observer.occurrences(rule.name, occurrence.delta);
  const absence = startOf({
    fingerprint,
    rule: rule.name,
    event,
    owners: occurrence.owners,
    isExpected: false,
    now,
  });
  if (!absences.put(absence, rule.absent.withinMs, now)) observer.suppressed("threshold", occurrence.delta);
  // An expectation names no API group, so an object of a group of its own has another identity.
  const expectations = absences
    .ofRule(rule.name)
    .filter((each) => each.isExpected && each.fingerprint !== fingerprint && isSameObject(each, absence));
  for (const expectation of expectations) absences.forget(expectation);
  for (const each of [absence, ...expectations]) {
    const alert = openAt(context, each.fingerprint);
    if (alert?.phase === "firing")
      yield end(context, alert, { how: "event", reason: event.reason }, event.lastSeenAt);
  }
}

function isSameObject(
  { event: { involvedObject: one } }: AbsenceState,
  { event: { involvedObject: other } }: AbsenceState,
): boolean {
  return one.kind === other.kind && one.namespace === other.namespace && one.name === other.name;
}

/** Takes up what the rules expect, and forgets what no rule waits for. */
export function followRules(context: TrackingContext): void {
  const { absences, policy, now } = context;
  for (const name of absences.rules()) {
    const rule = policy.rules.byName.get(name);
    if (rule === undefined || !isAbsent(rule))
      for (const absence of absences.ofRule(name)) absences.forget(absence);
  }
  for (const rule of policy.rules.rules) {
    if (!isAbsent(rule)) continue;
    const expected = new Map(rule.absent.expect.map((object) => expectedOf(context, rule, object)));
    for (const absence of absences.ofRule(rule.name)) {
      if (absence.isExpected && !expected.has(absence.fingerprint)) absences.forget(absence);
      else absences.reschedule(absence, rule.absent.withinMs, now);
    }
    const known = absences.ofRule(rule.name);
    for (const absence of expected.values())
      if (!known.some((each) => isSameObject(each, absence)))
        absences.put(absence, rule.absent.withinMs, now);
  }
}

/** The wait goes on with a stream that is live again. */
export function resumeWaits({ absences, policy, now }: TrackingContext, stream: StreamKey): void {
  for (const absence of absences.ofStream(stream)) {
    const rule = policy.rules.byName.get(absence.rule);
    if (rule?.absent !== undefined) absences.reschedule(absence, rule.absent.withinMs, now);
  }
}

/** The time until now counts; that of the gap does not. */
export function pauseWaits({ absences, now }: TrackingContext, stream: StreamKey): void {
  for (const absence of absences.ofStream(stream)) absences.wait(absences.count(absence, now), undefined);
}

/** The wait of an absence is over, or its watched time is to be stored. */
export function* runWait(context: TrackingContext, fingerprint: string): Iterable<AlertNews> {
  const { absences, policy, now } = context;
  const known = absences.get(fingerprint);
  const rule = known && policy.rules.byName.get(known.rule);
  if (known === undefined || rule === undefined || !isAbsent(rule)) return;
  if (openAt(context, fingerprint) !== undefined) return;
  const absence = absences.count(known, now);
  if (absence.coveredMs < rule.absent.withinMs)
    return absences.reschedule(absence, rule.absent.withinMs, now);
  switch (stateOf(context, rule, absence)) {
    case "asked":
      return absences.wait(absence, now + ANSWER_MS);
    case "over":
      return;
    case "absent":
      yield fireFor(context, rule, absences.get(fingerprint) ?? absence);
  }
}

/** Whether the object of an absence says that there is nothing to wait for, or that it occurred after all. */
function stateOf(
  context: TrackingContext,
  rule: AbsentRule,
  absence: AbsenceState,
): "asked" | "over" | "absent" {
  const { absences, facts, now } = context;
  const { object } = subjectOf({ ...absence, node: "" });
  const { apiVersion } = absence.event.involvedObject;
  if (facts.ask({ object, apiVersion, purpose: "end" }, { now, freshMs: FRESH_MS })) return "asked";
  const found = facts.get(object)?.found;
  // Nobody expects an object in vain: one that does not exist is missed.
  const isGone = found === "gone" && !absence.isExpected;
  const cronJob = typeof found === "object" && found.kind === "CronJob" ? found : undefined;
  if (isGone || cronJob?.isSuspended === true) {
    absences.forget(absence);
    return "over";
  }
  return laterSuccess(context, rule, { absence, lastAt: cronJob?.lastSuccessAt });
}

/** A success that no Event told is an occurrence. */
function laterSuccess(
  { absences, now }: TrackingContext,
  { absent: { withinMs } }: AbsentRule,
  { absence, lastAt }: { readonly absence: AbsenceState; readonly lastAt: number | undefined },
): "over" | "absent" {
  if (lastAt === undefined || lastAt <= absence.since) return "absent";
  const coveredMs = Math.min(absence.coveredMs, Math.max(0, now - lastAt));
  absences.put({ ...absence, since: lastAt, coveredMs, countedAt: now }, withinMs, now);
  return coveredMs < withinMs ? "over" : "absent";
}

function fireFor(
  context: TrackingContext,
  rule: AbsentRule,
  { event, owners, since, coveredMs }: AbsenceState,
): AlertNews {
  const { now } = context;
  const subject = subjectOf({ event: { ...event, lastSeenAt: since }, owners, node: "" });
  const place = { epoch: 0, via: "watch", history: false, unseen: true, receivedAt: now } as const;
  const occurrence: Occurrence = {
    ...place,
    event: subject.event,
    owners,
    node: "",
    delta: 1,
    since,
    estimated: false,
  };
  const unwatchedMs = now - since - coveredMs;
  const opened = {
    ...openAlert(rule, subject, openingOf(context, rule, subject)),
    ...(unwatchedMs < SHORT_MS ? {} : { unwatchedMs }),
  };
  context.observer.transition(rule.name, "pending");
  return fire(context, withOccurrence(opened, rule, subject, { occurrence, delta: 1, now }));
}

function openingOf(
  { policy, now, observer }: TrackingContext,
  rule: CompiledRule,
  subject: Subject,
): Opening {
  const onTextError = (): void => observer.ruleError(rule.name, "opening");
  return { row: policy.rules.reasonRow(subject.event), policy, now, onTextError };
}

function expectedOf(
  context: TrackingContext,
  rule: AbsentRule,
  { namespace, kind, name }: AbsentRule["absent"]["expect"][number],
): readonly [string, AbsenceState] {
  const { policy, now } = context;
  const sample = rule.sample();
  const unknown = { apiVersion: "", uid: "", fieldPath: "", container: "" };
  const involvedObject = { ...sample.involvedObject, ...unknown, kind, namespace, name };
  const event = {
    ...sample,
    cluster: policy.cluster,
    namespace: namespace === "" ? "default" : namespace,
    involvedObject,
    message: "",
    count: 1,
    firstSeenAt: now,
    lastSeenAt: now,
    createdAt: now,
  };
  const subject = subjectOf({ event, owners: [], node: "" });
  const fingerprint = fingerprintFor(rule, subject, openingOf(context, rule, subject));
  return [fingerprint, startOf({ fingerprint, rule: rule.name, event, owners: [], isExpected: true, now })];
}

function startOf({
  now,
  ...parts
}: Omit<AbsenceState, "since" | "coveredMs" | "countedAt"> & { readonly now: number }): AbsenceState {
  return { ...parts, since: Math.min(now, parts.event.lastSeenAt), coveredMs: 0, countedAt: now };
}
