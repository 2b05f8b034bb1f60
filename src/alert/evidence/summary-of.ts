import { counted } from "../../lib/counted.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { oneLine } from "../../lib/text.ts";
import type { NotifiedContainer, NotifiedEvidence, NotifiedFact } from "../notified-evidence.ts";

/** Longest summary, in UTF-16 units: two lines on a phone. */
const LONGEST_SUMMARY = 400;

/** Ways to fail that one summary names; further ones are in the rows of the objects. */
const MOST_WAYS = 2;

/** Joins the most telling evidence to one line, for people. */
export function summaryOf({
  facts,
  containers,
  workload,
  changes,
}: Omit<NotifiedEvidence, "at" | "summary">): string {
  const missing = facts.filter(({ name }) => name === "missing").map(({ value }) => missingText(value));
  const states = valuesOf(facts, "state");
  const gone = facts.filter(({ name }) => name === "gone");
  const nodes = facts.filter(({ name }) => name === "node");
  const sickNodes = nodes.filter(({ object }) => object !== "").map(({ value }) => value);
  const parts = [
    ...valuesOf(facts, "probe").slice(0, 1),
    ...missing.slice(0, MOST_WAYS),
    ...sickNodes.slice(0, MOST_WAYS),
    ...valuesOf(facts, "needs")
      .slice(0, MOST_WAYS)
      .map((value) => `needs ${value}`),
    ...waysOf(containers),
    ...(containers.length === 0 ? states.slice(0, MOST_WAYS) : []),
    ...goneText(gone),
    ...(workload === null ? [] : [workload.text]),
    ...(sickNodes.length === 0 ? nodes.map(({ value }) => value) : []),
    ...changes.slice(0, 1).map(({ text }) => text),
  ];
  return cutMiddle(parts.join(" · "), LONGEST_SUMMARY);
}

/** Words for kinds that the message names although they exist; others are missing. */
const LACKS: Readonly<Record<string, string>> = { ResourceQuota: "used up", Webhook: "failing" };

/** `missing: Secret app-db`, `used up: ResourceQuota team`. @param value Begins with the kind. */
function missingText(value: string): string {
  const [kind = ""] = value.split(" ", 1);
  return `${LACKS[kind] ?? "missing"}: ${value}`;
}

function valuesOf(facts: readonly NotifiedFact[], wanted: NotifiedFact["name"]): readonly string[] {
  return [...new Set(facts.filter(({ name }) => name === wanted).map(({ value }) => value))];
}

/** `Pod web-1 does not exist any more`, `3 objects do not exist any more`. */
function goneText([first, ...others]: readonly NotifiedFact[]): readonly string[] {
  if (first === undefined) return [];
  return others.length === 0
    ? [oneLine(`${first.object.replace("/", " ")} ${first.value}`)]
    : [`${others.length + 1} objects do not exist any more`];
}

/** The ways in which containers fail, the most frequent first, each with the text of the one that restarted most. */
function waysOf(containers: readonly NotifiedContainer[]): readonly string[] {
  const ways = [...Map.groupBy(containers, wayOf).values()].toSorted((a, b) => b.length - a.length);
  return ways.slice(0, MOST_WAYS).map((alike) => {
    const [worst] = alike.toSorted((a, b) => b.restarts - a.restarts);
    const many = ways.length > 1 && alike.length > 1 ? ` (${counted(alike.length, "container")})` : "";
    return `${worst?.text ?? ""}${many}`;
  });
}

function wayOf({ waiting, exit }: NotifiedContainer): string {
  return exit === null ? waiting : `exit ${exit.code} ${exit.reason}`;
}
