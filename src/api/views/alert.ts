import type { AlertCondition, AlertState, GroupState, MessageToCome, SeenState } from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import type { Alert } from "../schemas/alert.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { toMessageToCome } from "./message-to-come.ts";
import { stillOpenText, toSeenState } from "./seen-state.ts";

const MOST_OBJECTS = 10;
const LONGEST_MESSAGE = 1024;

/** The knowledge around an alert. */
export interface AlertContext {
  /** Its groups, by key: they know which sinks have it. */
  readonly groups: ReadonlyMap<string, GroupState>;
  /** Undefined where no state is read. */
  readonly seen?: SeenState | undefined;
  /** Undefined where no engine runs. */
  readonly condition?: AlertCondition | undefined;
  /** Its news that sinks were not sent yet. */
  readonly toCome?: readonly MessageToCome[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes the answer's form of an alert. */
export function toAlert(
  state: AlertState,
  { groups, seen, condition, toCome = [], now }: AlertContext,
): Alert {
  const newestFirst = state.members.toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  const { fingerprint, rule, phase, severity, lifecycle, labels, runbook, dashboard, occurrences } = state;
  return {
    fingerprint,
    rule,
    phase,
    condition: condition ?? null,
    severity,
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
    state: seen === undefined ? null : toSeenState(seen),
    stillOpen: stillOpenText(state, seen, now),
    firstSeenAt: toInstant(state.firstSeenAt),
    lastSeenAt: toInstant(state.lastSeenAt),
    occurrences,
    message: cutMiddle(state.event.message, LONGEST_MESSAGE),
    objects: newestFirst.slice(0, MOST_OBJECTS).map(toObject),
    objectsOmitted: Math.max(0, state.members.length - MOST_OBJECTS) + state.membersOmitted.length,
    toCome: toCome.map(toMessageToCome),
    groups: state.destinations.map(({ groupKey, sinks }) => {
      const group = groups.get(groupKey);
      const sent = (group?.told ?? []).filter(({ firing }) => firing[fingerprint] !== undefined);
      return {
        key: groupKey,
        sinks,
        sent: sent.map(({ sink }) => sink),
        accepted: sent.filter(({ firing }) => firing[fingerprint]?.accepted === true).map(({ sink }) => sink),
        nextLookAt: toInstantOrNull(group?.flushAt),
      };
    }),
  };
}

function toWell({ by, since, overAt, holdMs }: NonNullable<AlertState["well"]>): Alert["well"] {
  return {
    what: by.what ?? by.how,
    since: toInstantOrNull(since),
    endsAt: toInstant(overAt + holdMs),
  };
}

function toResolvedBy({
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
