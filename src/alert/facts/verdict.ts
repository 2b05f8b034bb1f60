import {
  type Health,
  healthOf,
  type HealthyCondition,
  type ObjectState,
  type Proof,
} from "../../object/index.ts";
import type { Fact } from "../inquiry.ts";
import type { Member } from "../state.ts";

/** Times of core/v1 Events are whole seconds: one may be this much later than it says; milliseconds. */
const PRECISION_MS = 1000;

/** The verdict on one object with a problem. Times are epoch milliseconds. */
export type Verdict =
  /** It does not exist any more; `endedAt` is undefined where only the look says so. */
  | { readonly kind: "gone"; readonly endedAt: number | undefined }
  /** Another object has its name. */
  | { readonly kind: "replaced"; readonly endedAt: number | undefined }
  /** The problem is over. */
  | { readonly kind: "healthy"; readonly endedAt: number | undefined }
  /** All is well, and counts as proof if it stays so until then. */
  | { readonly kind: "waiting"; readonly until: number }
  /** It exists, and has not the proof that its problem is over. */
  | { readonly kind: "unhealthy" }
  /** Nothing is known that says anything. */
  | { readonly kind: "unknown" };

/** The context of a verdict. */
export interface Trial {
  /** The state that proves the end; undefined: none does, and only a gone or replaced object is over. */
  readonly proof: Proof | undefined;
  /** Of a kind that `kubernetes.inspect` names; undefined for others. */
  readonly healthy: HealthyCondition | undefined;
  /** Older answers do not count, such as those from before the newest occurrence arrived. */
  readonly notBefore: number;
  readonly now: number;
}

/** The knowledge about the object of a member. */
export interface Finding {
  readonly fact: Fact | undefined;
  /** When the deletion of the object was asked for, as far as known. */
  readonly deletionAt: number | undefined;
}

const UNKNOWN: Verdict = { kind: "unknown" };

/** Judges a member by the newest fact about its object. */
export function judgeMember(member: Member, { fact, deletionAt }: Finding, trial: Trial): Verdict {
  if (fact === undefined || fact.found === "unknown" || isOutweighed(member, fact, trial)) return UNKNOWN;
  if (fact.found === "gone")
    return isKnownToExist(member) ? { kind: "gone", endedAt: endOf(member, deletionAt, fact) } : UNKNOWN;
  const verdict = verdictOf(memberHealth(member, fact.found, trial), member, fact);
  if (!isReplaced(member, fact.found)) return verdict;
  // A Job that failed stays so: it is mended by another one of its name.
  if (trial.proof === "complete" && verdict.kind === "healthy") return verdict;
  return { kind: "replaced", endedAt: endOf(member, deletionAt ?? fact.found.createdAt, fact) };
}

function memberHealth(member: Member, state: ObjectState, { proof, healthy, now }: Trial): Health {
  if (proof === undefined) return { verdict: "unknown" };
  const { lastSeenAt: failedAt, container, longestRunMs = 0 } = member;
  return healthOf(state, { proof, healthy, now, failedAt, container, longestRunMs });
}

/** The verdict of a health, which a fact shows. @param member Its problem ended no earlier than its last occurrence. */
function verdictOf(health: Health, member: Member, fact: Fact): Verdict {
  switch (health.verdict) {
    case "healthy":
      return { kind: "healthy", endedAt: endOf(member, health.since, fact) };
    case "waiting":
      return { kind: "waiting", until: health.until };
    case "unhealthy":
      return { kind: "unhealthy" };
    case "unknown":
      return UNKNOWN;
  }
}

/** Whether an occurrence is, or may be, newer than the answer. */
export function isOutweighed(
  { lastSeenAt }: Pick<Member, "lastSeenAt">,
  { at }: Pick<Fact, "at">,
  { notBefore }: Pick<Trial, "notBefore">,
): boolean {
  return at < notBefore || at < lastSeenAt + PRECISION_MS;
}

/** An object that nothing ever proved to exist cannot be gone: an Event may name whatever it wants. */
function isKnownToExist({ uid = "", isFound }: Member): boolean {
  return isFound === true || uid !== "";
}

/**
 * Whether another object has the name now. The kubelet puts a hash in place of the uid of a static pod, whose mirror may
 * come back at any time.
 */
function isReplaced({ uid = "", isFound, lastSeenAt }: Member, state: ObjectState): boolean {
  if (state.mirrorOf !== "" || (uid !== "" && uid === state.uid)) return false;
  if (uid !== "" && isFound === true) return true;
  return state.createdAt !== undefined && state.createdAt > lastSeenAt;
}

/** A state may be older than the problem, as that of a pod which stayed ready while its probe failed once. */
function endOf({ lastSeenAt }: Member, since: number | undefined, fact: Fact): number | undefined {
  const endedAt = seenBy(fact, since);
  return endedAt === undefined ? undefined : Math.max(endedAt, lastSeenAt);
}

/**
 * A time that a fact tells; undefined where it lies after the look, so that only the look says something: the clock of
 * its writer is ahead, or a pod was gone before the end of its grace period, which `deletionTimestamp` names (see
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/).
 */
export function seenBy({ at }: Pick<Fact, "at">, time: number | undefined): number | undefined {
  return time === undefined || time > at + PRECISION_MS ? undefined : Math.min(time, at);
}
