import { objectOfMember } from "../alert-objects.ts";
import type { SeenState } from "../seen-state.ts";
import type { AlertState } from "../state.ts";
import type { FactBook } from "./fact-book.ts";
import { type Bench, judge, judgeMembers } from "./judgement.ts";

/** Objects that are named, those with the problem first. */
const MOST_OBJECTS = 10;

/** The known state of the objects of an alert, for people. Changes nothing. */
export function seenStateOf(
  alert: AlertState,
  bench: Bench & { readonly facts: Pick<FactBook, "answeredAt"> },
): Omit<SeenState, "checkingUntil"> {
  const { members } = judgeMembers(alert, bench);
  const objects = members.map(({ member, verdict }) => {
    const { kind, namespace, name, container } = member;
    const object = objectOfMember(member);
    const seenAt = bench.facts.get(object)?.at;
    return {
      kind,
      namespace,
      name,
      container,
      verdict: verdict.kind,
      seenAt,
      askedAt: seenAt ?? bench.facts.answeredAt(object),
    };
  });
  const isSick = (verdict: string): number => (verdict === "unhealthy" ? 0 : 1);
  return {
    judgement: judge(alert, bench).kind,
    objects: objects.toSorted((a, b) => isSick(a.verdict) - isSick(b.verdict)).slice(0, MOST_OBJECTS),
  };
}
