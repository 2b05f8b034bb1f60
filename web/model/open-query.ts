import { type AlertFilter } from "./filter-alerts.ts";
import { type GroupBy, GROUPINGS } from "./group-alerts.ts";
import { type Mark, MARKS } from "./mark.ts";

/** What the address of the open alerts says. */
export interface OpenQuery extends AlertFilter {
  readonly by: GroupBy;
}

/** Reads `?q=&sev=&state=&ns=&by=`; what nobody knows is left out, since links are old at times. */
export function parseOpenQuery(query: URLSearchParams): OpenQuery {
  const words = (key: string): readonly string[] => (query.get(key) ?? "").split(",").filter(Boolean);
  const by = query.get("by") ?? "";
  return {
    text: query.get("q") ?? "",
    marks: [...words("sev"), ...words("state")].filter(isMark),
    namespaces: words("ns"),
    by: isGroupBy(by) ? by : "rule",
  };
}

/** The parameters for some marks: severities and phases have names of their own in the address. */
export function markParameters(marks: readonly Mark[]): Readonly<Record<"sev" | "state", string>> {
  const isPhase = (mark: Mark): boolean => mark === "pending" || mark === "resolved";
  return {
    sev: marks.filter((mark) => !isPhase(mark)).join(","),
    state: marks.filter(isPhase).join(","),
  };
}

/** The list with the item, or without it where it was in. */
export function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item];
}

function isMark(word: string): word is Mark {
  return MARKS.some((mark) => mark === word);
}

function isGroupBy(word: string): word is GroupBy {
  return Object.hasOwn(GROUPINGS, word);
}
