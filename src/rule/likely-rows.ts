import type { ReasonRow } from "./compiled-rule.ts";
import type { Alternative } from "./matcher.ts";
import { overlap, profileOfRow } from "./profile.ts";

/** The rows for a mapping that names reasons; its message pattern tells the forms of a reason apart. */
export function likelyRows(alternative: Alternative, rows: readonly ReasonRow[]): readonly ReasonRow[] {
  const { profile } = alternative;
  const { reason: reasons } = profile.values;
  if (reasons === undefined) return [];
  // The reason alone leaves out nearly all rows, without a profile of each.
  const about = rows.filter((row) => reasons.has(row.reason) && overlap(profile, profileOfRow(row)));
  const message = alternative.tests.find(({ field }) => field.path === "message");
  if (message === undefined) return about;
  const forms = about.filter((row) => row.contains !== "" && message.pattern.test(row.contains));
  return forms.length > 0 ? forms : about.filter((row) => row.contains === "");
}
