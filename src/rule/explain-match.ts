import { type ClusterEvent, OWN_COMPONENT } from "../event/index.ts";
import { cutMiddle } from "../lib/cut-middle.ts";
import { errorText } from "../lib/errors.ts";
import { dotted } from "../lib/yaml-file.ts";
import type { Clause, MatchExplanation } from "./compiled-rule.ts";
import type { Alternative, EventCondition, Matcher } from "./matcher.ts";
import type { FieldTest } from "./test-compiler.ts";

/** Messages quote values up to this many characters. */
const LONGEST_ACTUAL = 200;

/** Explains a whole match by its nearest alternative, the exceptions and the condition. */
export function explainMatch(
  { alternatives, exceptions, when }: Pick<Matcher, "alternatives" | "exceptions" | "when">,
  event: ClusterEvent,
): MatchExplanation {
  const [nearest] = alternatives
    .map((alternative) => explainAlternative(alternative, event))
    .toSorted(byNearness);
  return {
    clauses: [
      ...(nearest?.clauses ?? []),
      ...exceptions.map((exception) => explainException(exception, event)),
      ...(when === undefined ? [] : [explainCondition(when, event)]),
    ],
    reasonFits: nearest?.reasonFits ?? false,
    otherAlternatives: nearest?.failed === 0 ? 0 : alternatives.length - 1,
  };
}

interface ExplainedAlternative {
  readonly clauses: readonly Clause[];
  /** Number of clauses that failed. */
  readonly failed: number;
  readonly reasonFits: boolean;
}

/** One that holds comes first, then those with the reason of the event, then the one with the fewest failed clauses. */
function byNearness(a: ExplainedAlternative, b: ExplainedAlternative): number {
  const [holds, alsoHolds] = [a.failed === 0, b.failed === 0];
  if (holds !== alsoHolds) return holds ? -1 : 1;
  return Number(b.reasonFits) - Number(a.reasonFits) || a.failed - b.failed;
}

function explainAlternative(
  { path, tests, matches }: Alternative,
  event: ClusterEvent,
): ExplainedAlternative {
  const clauses = tests.map((test) => explainTest(test, dotted(path), event));
  if (clauses.every((clause) => clause.ok) && !matches(event)) {
    clauses.push({
      path: `${dotted(path)}.source.component`,
      ok: false,
      expected: `${OWN_COMPONENT} by name: its own Events match nothing else`,
      actual: event.source.component,
    });
  }
  return {
    clauses,
    failed: clauses.filter(({ ok }) => !ok).length,
    reasonFits: tests.some(({ field }, index) => field.path === "reason" && clauses[index]?.ok === true),
  };
}

function explainTest({ field, pattern, written }: FieldTest, path: string, event: ClusterEvent): Clause {
  const value = field.read(event);
  return {
    path: `${path}.${written}`,
    ok: pattern.test(value),
    expected: pattern.text,
    actual: cutMiddle(String(value), LONGEST_ACTUAL),
  };
}

function explainException(exception: Alternative, event: ClusterEvent): Clause {
  const matched = exception.matches(event);
  const what = exception.tests.map(({ pattern, written }) => `${written}: ${pattern.text}`).join(", ");
  return {
    path: dotted(exception.path),
    ok: !matched,
    expected: `not { ${what} }`,
    actual: matched ? "just that" : "something else",
  };
}

function explainCondition({ source, holds }: EventCondition, event: ClusterEvent): Clause {
  try {
    const ok = holds(event);
    return { path: "when", ok, expected: source, actual: String(ok) };
  } catch (error) {
    return { path: "when", ok: false, expected: source, actual: errorText(error) };
  }
}
