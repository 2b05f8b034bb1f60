import type { Changes } from "../../alert/index.ts";

type Decision = Changes["decisions"][number];

/** The name of the Changes that decisions are part of: a repeated commit has the same. */
export function originOf({ seen }: Pick<Changes, "seen">): string {
  // No two Changes have the same state of an Event, so the last state identifies the Changes.
  const last = seen.at(-1);
  return last === undefined ? "" : `${last.lineage}@${last.resourceVersion}`;
}

/** The parts of a decision that nothing is filtered by. */
type Detail = Pick<Decision, "waits" | "checked" | "cause">;

/** JSON; "" for nothing. */
export function toDetail({ waits, checked, cause }: Decision): string {
  const detail = JSON.stringify({ waits, checked, cause });
  return detail === "{}" ? "" : detail;
}

/** The inverse of `toDetail`. */
export function fromDetail(detail: string): Detail {
  // Written by `toDetail` of the same type.
  return detail === "" ? {} : (JSON.parse(detail) as Detail);
}
