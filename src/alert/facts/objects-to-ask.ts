import { ObjectKey } from "../../event/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { Inquiry, InquiryPurpose } from "../inquiry.ts";
import type { AlertState, Member } from "../state.ts";
import type { FactBook } from "./fact-book.ts";
import { type Bench, judgeMembers } from "./judgement.ts";
import { workloadKeyOf, workloadProof } from "./workload-verdict.ts";

/** An object, and the API that it is of, as far as known. */
type Asked = Omit<Inquiry, "purpose">;

/**
 * The objects whose state decides whether an alert is over. Its workload comes first: one that is well speaks for its
 * pods. Otherwise one object that is known to have the problem is enough, for the alert goes on as long as it does.
 */
export function objectsToAsk(alert: AlertState, bench: Bench): readonly Asked[] {
  const { members, speaksFor } = judgeMembers(alert, bench);
  const workload = workloadToAsk(alert);
  const first = workload === undefined ? [] : [{ object: workload, apiVersion: "" }];
  const sick = members.find(({ verdict }) => verdict.kind === "unhealthy");
  const others = sick === undefined ? members.filter(({ member }) => !speaksFor(member)) : [sick];
  const objects = new Map(others.map(({ member }) => [objectOfMember(member), apiVersionOf(alert, member)]));
  return [...first, ...[...objects].map(([object, apiVersion]) => ({ object, apiVersion }))];
}

/** The setting of inquiries about an alert. */
export interface Asking {
  readonly bench: Bench & { readonly facts: Pick<FactBook, "ask"> };
  readonly purpose: InquiryPurpose;
  /** The age up to which an answer is good enough, milliseconds. */
  readonly freshMs: number;
}

/** Asks for the objects of an alert. @returns The number of those about which an answer is to come. */
export function askAbout(alert: AlertState, { bench, purpose, freshMs }: Asking): number {
  const timing = { now: bench.now, freshMs };
  return objectsToAsk(alert, bench).filter((asked) => bench.facts.ask({ ...asked, purpose }, timing)).length;
}

/** The workload of an alert, where its state says something about the problem. */
function workloadToAsk(alert: AlertState): string | undefined {
  const key = workloadKeyOf(alert);
  if (key === undefined) return undefined;
  return workloadProof(alert.proof, ObjectKey.parse(key).kind) === undefined ? undefined : key;
}

/** An alert has the API version of its newest event's object alone. */
function apiVersionOf({ event: { involvedObject } }: AlertState, { kind }: Pick<Member, "kind">): string {
  return kind === involvedObject.kind ? involvedObject.apiVersion : "";
}
