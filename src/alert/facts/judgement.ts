import { type InspectedKind, stableForMs } from "../../object/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { ResolvedBy } from "../notification.ts";
import type { AlertState, Member } from "../state.ts";
import type { FactBook } from "./fact-book.ts";
import { judgeMember, type Trial, type Verdict } from "./verdict.ts";
import { endByWorkload, wellWords } from "./well-words.ts";
import { judgeWorkload, type WorkloadVerdict } from "./workload-verdict.ts";

/** The conclusion of the known facts about an alert. Times are epoch milliseconds. */
export type Judgement =
  /** Its problem is over. */
  | {
      readonly kind: "over";
      readonly by: ResolvedBy;
      /** Undefined where only the look says so. */
      readonly endedAt: number | undefined;
      /** When it was over at the latest: its end, or the look that shows it. */
      readonly overAt: number;
      /** Occurrences up to this time tell of the time before the end. */
      readonly tailUntil: number;
      /** Shortest time for which it has to stay over, beside the general one; milliseconds. */
      readonly lastingMs: number;
    }
  /** All is well, and it is over if that stays so until then. */
  | { readonly kind: "waiting"; readonly until: number }
  /** An object has the problem. */
  | { readonly kind: "sick" }
  /** The objects that had it are gone, but their workload is not as it should be. */
  | { readonly kind: "unsettled" }
  /** Too little is known. */
  | { readonly kind: "unknown" };

/** Events arrive and are dated this much after what they tell of; milliseconds. */
export const TAIL_MS = 15_000;

/** A crash loop that came back this often within two hours is one slow loop. */
const RELAPSES = 3;

/** The facts and the time of a judgement. */
export interface Bench {
  readonly facts: Pick<FactBook, "get" | "deletionOf" | "wasFound">;
  readonly inspected: readonly InspectedKind[];
  /** Older answers do not count, epoch milliseconds; missing: any age will do. */
  readonly notBefore?: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Judges an alert by the newest facts about its objects and their workload. */
export function judge(alert: AlertState, bench: Bench): Judgement {
  const known = judgeMembers(alert, bench);
  const { members, workload } = known;
  const kinds = new Set(members.map(({ verdict }) => verdict.kind));
  const isWorkloadSick = workload.verdict.kind === "unhealthy";
  if (kinds.has("unhealthy") || (isWorkloadSick && isSickWith(alert, kinds))) return { kind: "sick" };
  const isPartOmitted = alert.membersOmitted.length > 0 && !workload.isForMembers;
  if (kinds.has("unknown") || members.length === 0 || isPartOmitted) return { kind: "unknown" };
  const hasLost = kinds.has("gone") || kinds.has("replaced");
  if (hasLost && isWorkloadSick) return { kind: "unsettled" };
  const until = Math.max(...members.map(({ verdict }) => (verdict.kind === "waiting" ? verdict.until : 0)));
  if (until > 0) return { kind: "waiting", until };
  return {
    kind: "over",
    ...endOf(alert, known),
    lastingMs: alert.proof === "stable" ? lastingMs(alert, known, hasLost) : 0,
  };
}

/** Whether an alert lasts as long as its workload is not as it should be. */
function isSickWith({ proof }: AlertState, kinds: ReadonlySet<Verdict["kind"]>): boolean {
  // A Job that failed stays so, and is gone sooner or later: its CronJob says whether it was mended.
  return proof === "available" || (proof === "complete" && kinds.has("unknown"));
}

/** The verdicts on the members of an alert that have the problem, and on its workload. */
export interface Verdicts {
  readonly members: readonly {
    readonly member: Member;
    readonly verdict: Verdict;
    /** The time of the look that it is based on; 0 for none. */
    readonly at: number;
  }[];
  readonly workload: WorkloadVerdict;
  /** Whether the verdict on a member is that on the workload. */
  readonly speaksFor: (member: Member) => boolean;
}

/** Judges the workload of an alert by the newest facts. */
export function judgeWorkloadOf(alert: AlertState, bench: Bench): WorkloadVerdict {
  return judgeWorkload(alert, trialOf(alert, bench), bench.facts);
}

/** Judges each member of an alert that has the problem by the newest facts. */
export function judgeMembers(alert: AlertState, bench: Bench): Verdicts {
  const { facts } = bench;
  const trial = trialOf(alert, bench);
  const workload = judgeWorkload(alert, trial, facts);
  const speaksFor = (member: Member): boolean =>
    workload.isForMembers && member.workload === alert.labels["workload"];
  const judged = (member: Member): Verdicts["members"][number] => {
    const own = memberVerdict(member, facts, trial);
    const { verdict, at } = speaksFor(member) ? dated(workload, own) : own;
    return { member, verdict: fitting(alert, verdict), at };
  };
  const members = alert.members.filter(({ clearedAt }) => clearedAt === undefined).map(judged);
  return { members, workload, speaksFor };
}

/** The verdict of a workload on one of its pods, with the time of the pod's own end where the workload has none. */
function dated({ verdict, at }: WorkloadVerdict, own: OwnVerdict): Pick<WorkloadVerdict, "verdict" | "at"> {
  const isUndated = verdict.kind === "healthy" && verdict.endedAt === undefined;
  return isUndated ? { verdict: { kind: "healthy", endedAt: own.endedAt }, at } : { verdict, at };
}

interface OwnVerdict {
  readonly verdict: Verdict;
  readonly at: number;
  /** When its own problem ended, or its deletion was asked for; undefined where nothing says so. */
  readonly endedAt: number | undefined;
}

function memberVerdict(member: Member, facts: Bench["facts"], trial: Trial): OwnVerdict {
  const object = objectOfMember(member);
  const [fact, deletionAt] = [facts.get(object), facts.deletionOf(object)];
  const verdict = judgeMember(member, { fact, deletionAt }, trial);
  const endedAt = "endedAt" in verdict ? verdict.endedAt : undefined;
  const goneAt = deletionAt !== undefined && deletionAt >= member.lastSeenAt ? deletionAt : undefined;
  return { verdict, at: fact?.at ?? 0, endedAt: endedAt ?? goneAt };
}

/** The object of a point has ended by nature, and is gone sooner or later, well or not. */
function fitting({ lifecycle }: AlertState, verdict: Verdict): Verdict {
  const isLost = verdict.kind === "gone" || verdict.kind === "replaced";
  return isLost && lifecycle === "point" ? { kind: "unknown" } : verdict;
}

/** Of a crash loop: the pods that came after those it was about, and one that came back again and again, run for long. */
function lastingMs({ ends = [] }: AlertState, { members }: Verdicts, hasLost: boolean): number {
  const longest = Math.max(0, ...members.map(({ member }) => member.longestRunMs ?? 0));
  const relapses = ends.filter(({ proof }) => proof === "stable");
  if (relapses.length >= RELAPSES) return 2 * Math.max(longest, ...relapses.map(({ ranMs }) => ranMs));
  return hasLost ? stableForMs(longest) : 0;
}

function trialOf({ proof, occurredAt, event }: AlertState, { inspected, notBefore = 0, now }: Bench): Trial {
  const { apiVersion, kind } = event.involvedObject;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const healthy =
    proof === "condition"
      ? inspected.find((each) => each.kind === kind && each.group === group)?.healthy
      : undefined;
  return { proof, healthy, notBefore: Math.max(occurredAt, notBefore), now };
}

function endOf(
  alert: AlertState,
  known: Verdicts,
): Pick<Judgement & { readonly kind: "over" }, "by" | "endedAt" | "overAt" | "tailUntil"> {
  const ends = known.members.map(({ verdict, at }) => ({
    endedAt: "endedAt" in verdict ? verdict.endedAt : undefined,
    at,
  }));
  const overAt = Math.max(...ends.map(({ endedAt, at }) => endedAt ?? at));
  const tailUntil = Math.min(
    ...ends.map(({ endedAt, at }) => (endedAt === undefined ? at : endedAt + TAIL_MS)),
  );
  const isDated = ends.every(({ endedAt }) => endedAt !== undefined);
  const by: ResolvedBy = { ...howOf(alert, known), reason: "" };
  return {
    by: isDated ? by : { ...by, atLatest: true },
    endedAt: isDated ? overAt : undefined,
    overAt,
    tailUntil,
  };
}

function howOf({ proof }: AlertState, { members, workload }: Verdicts): Pick<ResolvedBy, "how" | "what"> {
  if (workload.verdict.kind === "healthy" && workload.state !== undefined)
    return endByWorkload(workload.state);
  const well = members.filter(({ verdict }) => verdict.kind === "healthy");
  if (well.length > 0 && proof !== undefined) {
    const objects = new Map(well.map(({ member }) => [objectOfMember(member), member.kind]));
    return { how: "healthy", what: wellWords(proof, [...objects.values()]) };
  }
  return { how: members.some(({ verdict }) => verdict.kind === "replaced") ? "replaced" : "deleted" };
}
