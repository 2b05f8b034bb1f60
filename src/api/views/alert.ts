import {
  type AlertCondition,
  type AlertState,
  ToldAlert,
  type MessageToCome,
  type NotifiedAlert,
  type SeenState,
} from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import type { Alert, ListedAlert } from "../schemas/alert.ts";
import { type SentNews, standingsOf, toAlertAtSink } from "./alert-sinks.ts";
import { heldBackNow } from "./held-back-now.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { toMessageToCome } from "./message-to-come.ts";
import { stillOpenText, toSeenState } from "./seen-state.ts";

const MOST_OBJECTS = 10;
const LONGEST_MESSAGE = 1024;
const LONGEST_LISTED_MESSAGE = 200;

/** The knowledge around an alert that a list shows. */
export interface ListedContext extends SentNews {
  /** Of a message about it. */
  readonly title: string;
  /** Undefined where no engine runs. */
  readonly condition?: AlertCondition | undefined;
  /** Its news that sinks were not sent yet. */
  readonly toCome?: readonly MessageToCome[] | undefined;
  /** Removes secrets. */
  readonly scrub: (text: string) => string;
}

/** All knowledge around an alert. */
export interface AlertContext extends Omit<ListedContext, "title"> {
  /** The alert as a message would tell it. */
  readonly told: NotifiedAlert;
  /** Undefined where no state is read. */
  readonly seen?: SeenState | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes the answer's form of an alert. */
export function toAlert(state: AlertState, context: AlertContext): Alert {
  const { told, seen, toCome = [], now } = context;
  const newestFirst = state.members.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  return {
    ...toListedAlert(state, { ...context, title: told.title }),
    text: told.text,
    next: ToldAlert.commands(told),
    state: seen === undefined ? null : toSeenState(seen),
    stillOpen: stillOpenText(state, seen, now),
    message: cutMiddle(state.event.message, LONGEST_MESSAGE),
    objects: newestFirst.slice(0, MOST_OBJECTS).map(toObject),
    objectsOmitted: Math.max(0, state.members.length - MOST_OBJECTS) + state.membersOmitted.length,
    toCome: toCome.map(toMessageToCome),
  };
}

/** Makes the form of an alert in a long list. */
export function toListedAlert(state: AlertState, context: ListedContext): ListedAlert {
  const { title, condition, scrub } = context;
  const toCome = (context.toCome ?? []).map(toMessageToCome);
  const standings = standingsOf(state, context, toCome);
  const { fingerprint, rule, phase, severity, lifecycle, labels, runbook, dashboard, occurrences } = state;
  return {
    fingerprint,
    rule,
    phase,
    condition: condition ?? null,
    severity,
    title,
    lifecycle,
    labels,
    runbook,
    dashboard,
    openedAt: toInstant(state.openedAt),
    firedAt: toInstantOrNull(state.firedAt),
    resolvedAt: toInstantOrNull(state.endedAt ?? state.resolvedAt),
    resolvedBy: state.resolvedBy === undefined ? null : toResolvedBy(state.resolvedBy),
    proof: state.proof ?? null,
    well: state.well === undefined ? null : toWell(state.well),
    confirmedAt: toInstantOrNull(state.confirmedAt),
    firstSeenAt: toInstant(state.firstSeenAt),
    lastSeenAt: toInstant(state.lastSeenAt),
    occurrences,
    message: cutMiddle(state.event.message, LONGEST_LISTED_MESSAGE),
    objectCount: state.members.length + state.membersOmitted.length,
    sinks: standings.map(toAlertAtSink),
    heldBack: heldBackNow(toCome, standings, scrub),
    groups: state.destinations.map((destination) => toGroupOf(fingerprint, destination, context)),
  };
}

function toGroupOf(
  fingerprint: string,
  { groupKey, sinks }: AlertState["destinations"][number],
  { groups }: SentNews,
): Alert["groups"][number] {
  const group = groups.get(groupKey);
  const sent = (group?.told ?? []).filter(({ firing }) => firing[fingerprint] !== undefined);
  return {
    key: groupKey,
    sinks,
    sent: sent.map(({ sink }) => sink),
    accepted: sent.filter(({ firing }) => firing[fingerprint]?.accepted === true).map(({ sink }) => sink),
    nextLookAt: toInstantOrNull(group?.flushAt),
  };
}

function toWell({ by, since, overAt, holdMs }: NonNullable<AlertState["well"]>): Alert["well"] {
  return {
    what: by.what ?? by.how,
    since: toInstantOrNull(since),
    endsAt: toInstant(overAt + holdMs),
  };
}

/** Makes the answer's form of an end. */
export function toResolvedBy({
  how,
  reason,
  what,
  atLatest,
}: NonNullable<AlertState["resolvedBy"]>): Alert["resolvedBy"] {
  return { how, reason, what: what ?? "", atLatest: atLatest === true };
}

function toObject(member: AlertState["members"][number]): Alert["objects"][number] {
  const { kind, namespace, name, container, occurrences, message } = member;
  return {
    kind,
    namespace,
    name,
    container,
    occurrences,
    firstSeenAt: toInstant(member.firstSeenAt),
    lastSeenAt: toInstant(member.lastSeenAt),
    message,
    clearedAt: toInstantOrNull(member.clearedAt),
  };
}
