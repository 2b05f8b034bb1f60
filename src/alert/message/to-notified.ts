import { ObjectKey } from "../../event/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { oneLine } from "../../lib/text.ts";
import type { AlertFacts, CompiledRule, GroupFacts, RuleText } from "../../rule/index.ts";
import { evidenceOf } from "../evidence/evidence-of.ts";
import type { FactReader } from "../evidence/fact-reader.ts";
import type { NotifiedAlert, NotifiedObject } from "../notification.ts";
import type { NotifiedEvidence } from "../notified-evidence.ts";
import type { AlertState } from "../state.ts";
import { notLater } from "./not-later.ts";
import { overflowTexts } from "./overflow-texts.ts";
import { toTime, toWireEvent, toWireObject } from "./wire.ts";
import { withoutObject } from "./without-object.ts";
import { defaultTitle, LONGEST_TEXT, LONGEST_TITLE } from "./wording.ts";

/** The members of an alert that goes on which have the problem no more. */
export interface Standings {
  /** By the key of the member. */
  readonly over: ReadonlyMap<string, NonNullable<NotifiedObject["over"]>>;
  /** Objects whose state nobody knows, where that of others is known. */
  readonly unverified: number;
}

/** The sources of a notification's texts, and the time. */
export interface Composing {
  readonly rule: (name: string) => CompiledRule | undefined;
  readonly facts: FactReader;
  /** Missing where no message tells of the alert. */
  readonly standingsOf?: (alert: AlertState) => Standings;
  /** Called when a text of a rule cannot be rendered; the built-in text stands in. */
  readonly onTextError: (rule: string, stage: "title" | "text") => void;
  /** Address of the page, for links; undefined: none. */
  readonly pageUrl?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

const NO_STANDINGS: Standings = { over: new Map(), unverified: 0 };

/** One alert as receivers get it. @param setting.room Number of its objects that the message names. */
export function toNotified(
  given: AlertState,
  { group, room }: { readonly group: GroupFacts; readonly room: number },
  composing: Composing,
): NotifiedAlert {
  const alert = notLater(given, composing.now);
  const evidence = alert.phase === "resolved" ? undefined : evidenceOf(alert, composing.facts, composing.now);
  const ended = endOf(alert);
  return {
    fingerprint: alert.fingerprint,
    rule: alert.rule,
    status: alert.phase === "resolved" ? "resolved" : "firing",
    severity: alert.severity,
    labels: alert.labels,
    title: titleIn(alert, { group, evidence }, composing),
    text: textIn(alert, { group, evidence }, composing),
    runbook: alert.runbook,
    dashboard: alert.dashboard,
    startsAt: toTime(alert.firstSeenAt),
    endsAt: ended === undefined ? null : toTime(ended),
    resolvedBy: alert.resolvedBy ?? null,
    occurrences: alert.occurrences,
    ...objectsOf(alert, room, composing),
    event: toWireEvent(alert.event),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** The title alone. The cause is only looked for where the rule's title may name it, which is rare and costly. */
export function titleOf(given: AlertState, group: GroupFacts, composing: Composing): string {
  const alert = notLater(given, composing.now);
  const mayNameCause = composing.rule(alert.rule)?.title?.source.includes("evidence") === true;
  const evidence =
    mayNameCause && alert.phase !== "resolved"
      ? evidenceOf(alert, composing.facts, composing.now)
      : undefined;
  return titleIn(alert, { group, evidence }, composing);
}

/** The facts around an alert that a text of its rule can use. */
interface Around {
  readonly group: GroupFacts;
  readonly evidence: NotifiedEvidence | undefined;
}

function titleIn(alert: AlertState, around: Around, composing: Composing): string {
  const rule = composing.rule(alert.rule);
  const title =
    ofOverflow(alert, rule)?.title ??
    render(alert, around, { ...composing, stage: "title", text: rule?.title }) ??
    builtInTitle(alert, rule);
  return cutMiddle(withoutObject(oneLine(title), alert.event), LONGEST_TITLE);
}

function textIn(alert: AlertState, around: Around, composing: Composing): string {
  const rule = composing.rule(alert.rule);
  const text =
    ofOverflow(alert, rule)?.text ??
    render(alert, around, { ...composing, stage: "text", text: rule?.text }) ??
    alert.event.message;
  return cutMiddle(text.trim(), LONGEST_TEXT);
}

/** The text of a rule; undefined when it has none, or when it cannot be rendered. */
function render(
  alert: AlertState,
  { group, evidence }: Around,
  {
    stage,
    text,
    onTextError,
    now,
  }: Composing & { readonly stage: "title" | "text"; readonly text: RuleText | undefined },
): string | undefined {
  try {
    return text?.render({ event: alert.event, now, alert: factsOf(alert), group, evidence });
  } catch {
    onTextError(alert.rule, stage);
    return undefined;
  }
}

function ofOverflow(
  { overflow, rule: name }: AlertState,
  rule: CompiledRule | undefined,
): ReturnType<typeof overflowTexts> | undefined {
  return overflow === true ? overflowTexts(name, rule?.description ?? "") : undefined;
}

/** The objects of an alert: those that have the problem first, of these the ones with the most occurrences. */
function objectsOf(
  alert: AlertState,
  room: number,
  { standingsOf }: Pick<Composing, "standingsOf">,
): Pick<NotifiedAlert, "objects" | "objectsOmitted" | "objectsUnverified"> {
  const { over, unverified } =
    (alert.phase === "resolved" ? undefined : standingsOf?.(alert)) ?? NO_STANDINGS;
  const objects = alert.members.toSorted(
    (a, b) =>
      Number(over.has(a.key)) - Number(over.has(b.key)) ||
      b.occurrences - a.occurrences ||
      b.lastSeenAt - a.lastSeenAt,
  );
  return {
    objects: objects.slice(0, room).map((member) => toWireObject(member, over.get(member.key))),
    objectsOmitted: alert.membersOmitted.length + Math.max(0, objects.length - room),
    ...(unverified === 0 ? {} : { objectsUnverified: unverified }),
  };
}

/** When an alert ended, as far as that is known; else when the engine learnt of it. Undefined while it is open. */
export function endOf({ endedAt, resolvedAt }: AlertState): number | undefined {
  return resolvedAt === undefined ? undefined : (endedAt ?? resolvedAt);
}

/** The facts of an alert that the texts of a rule can use. */
function factsOf(alert: AlertState): AlertFacts {
  return {
    rule: alert.rule,
    severity: alert.severity,
    status: alert.phase === "resolved" ? "resolved" : "firing",
    occurrences: alert.occurrences,
    startsAt: alert.firstSeenAt,
    endsAt: endOf(alert),
    labels: alert.labels,
    workload: alert.labels["workload"] ?? "",
    objects: alert.members.map(ObjectKey.formatName),
    resolvedBy: alert.resolvedBy?.reason || alert.resolvedBy?.how || "",
  };
}

function builtInTitle({ labels }: AlertState, rule: CompiledRule | undefined): string {
  return defaultTitle(labels, rule?.absent?.withinMs);
}
