import { lastRunOf } from "../../object/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { Fact } from "../inquiry.ts";
import { changed } from "../kept-alert.ts";
import type { AlertState, Member } from "../state.ts";

/** The alert whose members remember what a fact showed of their object; the same alert when that is nothing new. */
export function withFound(alert: AlertState, { object, found }: Fact): AlertState {
  if (typeof found === "string") return alert;
  const members = alert.members.map((member) =>
    objectOfMember(member) === object ? remembering(member, alert, found) : member,
  );
  const isNew = members.some((member, index) => member !== alert.members[index]);
  return isNew ? changed(alert, { members }) : alert;
}

function remembering(
  member: Member,
  { proof }: Pick<AlertState, "proof">,
  found: Exclude<Fact["found"], string>,
): Member {
  const { uid = "", isFound, longestRunMs = 0 } = member;
  const isIt = uid === "" || uid === found.uid;
  const ran = proof === "stable" && found.kind === "Pod" ? lastRunOf(found, member.container) : 0;
  const next = isIt && isFound !== true ? { ...member, isFound: true as const } : member;
  return ran > longestRunMs ? { ...next, longestRunMs: ran } : next;
}
