import { ObjectKey } from "../event/index.ts";
import type { AlertState, Member } from "./state.ts";

/** The key of the object that a member is or is in, as `ObjectKey` writes it. */
export function objectOfMember({ key }: Pick<Member, "key">): string {
  return key.slice(0, key.lastIndexOf("/"));
}

/** The key of the workload of a member; of the object itself when it has no known owner. */
export function workloadOfMember(member: Pick<Member, "key" | "workload">): string {
  return ObjectKey.beside(member.key, member.workload);
}

/** The keys of the objects that an alert is about and of their workloads, each once. */
export function objectsOfAlert({ members }: Pick<AlertState, "members">): ReadonlySet<string> {
  return new Set(members.flatMap((member) => [objectOfMember(member), workloadOfMember(member)]));
}
