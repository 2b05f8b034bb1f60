import { ObjectKey } from "../../event/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { missingObjectIn, objectEvidence, type ObjectState } from "../../object/index.ts";
import { objectOfMember, workloadOfMember } from "../alert-objects.ts";
import type { FactContext } from "../inquiry.ts";
import type {
  NotifiedContainer,
  NotifiedEvidence,
  NotifiedFact,
  NotifiedLog,
  NotifiedWorkload,
} from "../notified-evidence.ts";
import type { AlertState, Member } from "../state.ts";
import { changeTexts } from "./change-texts.ts";
import type { FactReader } from "./fact-reader.ts";
import { nodeFacts } from "./node-facts.ts";
import { summaryOf } from "./summary-of.ts";

/** Objects of an alert that evidence is about, and the facts and containers that it names. */
const MOST_OBJECTS = 10;
const MOST_FACTS = 20;

/** Containers whose logs an alert has. */
const MOST_LOGS = 2;

/** Longest text of one fact, in UTF-16 units. */
const LONGEST_TEXT = 500;

/** `Container app failed liveness probe, will be restarted`. */
const KILLED_BY_PROBE = /failed (?:liveness|startup) probe/u;

const NO_CONTEXT: FactContext = { changes: [], replicaSets: {} };

/**
 * Finds the cause of an alert in the known state of its objects and of their nodes; undefined when they tell nothing.
 *
 * @param now Epoch milliseconds.
 */
export function evidenceOf(alert: AlertState, facts: FactReader, now: number): NotifiedEvidence | undefined {
  const open = alert.members.filter(({ clearedAt }) => clearedAt === undefined).slice(0, MOST_OBJECTS);
  const known = open.flatMap((member) => knownOf(member, facts) ?? []);
  const containers = known.flatMap(containersOf).slice(0, MOST_FACTS);
  const workload = workloadOf(open, facts);
  const missing = missingIn([...open.map(({ message }) => message), ...containers.map(({ text }) => text)]);
  const changes = changesOf(alert, open, facts);
  const gone = open.flatMap((member) => goneOf(member, facts));
  const nodes = nodeFacts(open, facts, now);
  const times = [...known, ...gone, ...nodes, ...(workload === undefined ? [] : [workload])].flatMap(
    ({ at }) => at ?? [],
  );
  if (times.length === 0 && missing.length === 0) return undefined;
  const all = [
    ...missing,
    ...probesOf(open, facts),
    ...known.flatMap(needsOf),
    ...known.flatMap(statesOf),
    ...[...gone, ...nodes].map(({ fact }) => fact),
  ].slice(0, MOST_FACTS);
  const logs = logsOf(open, facts);
  const evidence = { facts: all, containers, workload: workload?.workload ?? null, changes };
  return {
    at: new Date(times.length === 0 ? alert.lastSeenAt : Math.max(...times)).toISOString(),
    summary: summaryOf(evidence),
    ...evidence,
    ...(logs.length === 0 ? {} : { logs }),
  };
}

/** A member whose state is known. */
interface Known {
  readonly member: Member;
  readonly at: number;
  readonly state: ObjectState;
}

function knownOf(member: Member, facts: FactReader): Known | undefined {
  const fact = facts.get(objectOfMember(member));
  if (fact === undefined || typeof fact.found === "string") return undefined;
  return { member, at: fact.at, state: fact.found };
}

/** An object that nothing ever proved to exist cannot be gone: an Event may name whatever it wants. */
function isKnownToExist({ uid = "", isFound }: Member): boolean {
  return isFound === true || uid !== "";
}

/** The logs of the first pods that have some. Members are containers, and those of one pod share its logs. */
function logsOf(members: readonly Member[], facts: FactReader): readonly NotifiedLog[] {
  const pods = new Map(members.map((member) => [objectOfMember(member), ObjectKey.formatName(member)]));
  const named = members.flatMap(({ container }) => (container === "" ? [] : [container]));
  return [...pods]
    .flatMap(([key, object]) => (facts.logsOf?.(key) ?? []).map((log) => ({ object, ...log })))
    .filter(({ container }) => named.length === 0 || named.includes(container))
    .slice(0, MOST_LOGS);
}

/** Says of a member that it is gone, if it is. */
function goneOf(
  member: Member,
  facts: FactReader,
): readonly { readonly at: number; readonly fact: NotifiedFact }[] {
  const known = facts.get(objectOfMember(member));
  if (known?.found !== "gone" || !isKnownToExist(member) || known.at <= member.lastSeenAt) return [];
  return [
    {
      at: known.at,
      fact: { name: "gone", value: "does not exist any more", object: ObjectKey.formatName(member) },
    },
  ];
}

function containersOf({ member, state }: Known): readonly NotifiedContainer[] {
  return objectEvidence(state, member).containers.map(({ exit, text, ...container }) => ({
    object: ObjectKey.formatName(member),
    ...container,
    exit:
      exit === undefined
        ? null
        : {
            code: exit.code,
            reason: exit.reason,
            at: exit.at === undefined ? null : new Date(exit.at).toISOString(),
            ranSeconds: exit.ranMs === undefined ? null : Math.round(exit.ranMs / 1000),
          },
    text: cutMiddle(text, LONGEST_TEXT),
  }));
}

/** The answers to the probes for which containers are killed. */
function probesOf(members: readonly Member[], facts: FactReader): readonly NotifiedFact[] {
  return members.flatMap((member) => {
    const { probes = [] } = facts.get(objectOfMember(member))?.context ?? NO_CONTEXT;
    const own = probes.find(({ container }) => container === member.container);
    if (own === undefined || !KILLED_BY_PROBE.test(member.message)) return [];
    return [{ name: "probe", value: own.message, object: ObjectKey.formatName(member) }];
  });
}

function needsOf({ member, state }: Known): readonly NotifiedFact[] {
  const object = ObjectKey.formatName(member);
  return objectEvidence(state, member).needs.map((value) => ({ name: "needs", value, object }));
}

function statesOf({ member, state }: Known): readonly NotifiedFact[] {
  const object = ObjectKey.formatName(member);
  return objectEvidence(state, member).facts.map((value) => ({
    name: "state",
    value: cutMiddle(value, LONGEST_TEXT),
    object,
  }));
}

/** The workload that all members have in common, if it is none of them and its state is known. */
function workloadOf(
  members: readonly Member[],
  facts: FactReader,
): { readonly at: number; readonly workload: NotifiedWorkload } | undefined {
  const key = common(members.map(workloadOfMember));
  const fact = key === undefined ? undefined : facts.get(key);
  if (key === undefined || fact === undefined || typeof fact.found === "string") return undefined;
  const replicaSets = Object.values((fact.context ?? NO_CONTEXT).replicaSets);
  const { workload } = objectEvidence(fact.found, { container: "", replicaSets });
  if (workload === undefined) return undefined;
  const { ready, desired, updated, revision, text } = workload;
  const object = ObjectKey.formatName(ObjectKey.parse(key));
  return { at: fact.at, workload: { object, ready, desired, updated, revision, text } };
}

/** The things that these messages say are missing, each once. */
function missingIn(messages: readonly string[]): readonly NotifiedFact[] {
  const found = messages.flatMap((message) => missingObjectIn(message) ?? []);
  const texts = found.map(({ kind, name, key }) => `${kind} ${name}${key === "" ? "" : `, key ${key}`}`);
  return [...new Set(texts)].map((value) => ({ name: "missing", value, object: "" }));
}

function changesOf(
  alert: AlertState,
  members: readonly Member[],
  facts: FactReader,
): NotifiedEvidence["changes"] {
  const objects = new Set(members.flatMap((member) => [workloadOfMember(member), objectOfMember(member)]));
  return [...objects]
    .flatMap((object) => changeTexts(facts.get(object)?.context ?? NO_CONTEXT, alert.firstSeenAt))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST_OBJECTS)
    .map(({ at, what, text }) => ({
      at: new Date(at).toISOString(),
      what,
      text: cutMiddle(text, LONGEST_TEXT),
    }));
}

/** The value that all have; undefined when they differ, or when there is none. */
function common(values: readonly string[]): string | undefined {
  const different = new Set(values);
  return different.size === 1 ? [...different][0] : undefined;
}
