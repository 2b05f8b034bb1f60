import { checkRest } from "../lib/check-rest.ts";
import { adviseList, implies } from "./advice.ts";
import { adviseValues } from "./advise-values.ts";
import { compileMatcher, type MatchContext, type RuleDraft } from "./compile-rule.ts";
import { type Report, siftedReport } from "./report.ts";
import type { CompiledDrop } from "./rule-set.ts";
import { DropSpec } from "./rule-spec.ts";

/** A drop with its place, for findings. */
export interface Drop extends CompiledDrop {
  readonly report: Report;
}

/** Checks and compiles one entry of `drop`; none when its shape is wrong. */
export function readDrop(
  value: unknown,
  { texts, tests, report: written }: Pick<MatchContext, "texts" | "tests" | "report">,
): readonly Drop[] {
  const { faults, rest, further } = checkRest(DropSpec, value, { standIns: { name: "unnamed", match: {} } });
  faults.forEach(written.error);
  if (rest === undefined) return [];
  const report = siftedReport(written, further);
  const matcher = compileMatcher({ match: rest.match }, { texts, tests, report });
  adviseValues(matcher.alternatives, report);
  adviseList(rest.match, ["match"], report);
  // Nobody knows the Events that a wrong entry means.
  return faults.length > 0 ? [] : [{ name: rest.name, matcher, report }];
}

/** Warns about a drop that takes all events of a rule, or that looks harmless and is not. */
export function adviseDrop({ matcher, report }: Drop, enabled: readonly RuleDraft[]): void {
  for (const alternative of matcher.alternatives) {
    const { tests } = alternative;
    const path = alternative.path;
    if (tests.every(({ field, pattern }) => field.path === "type" && pattern.test("Normal"))) {
      const message =
        "drops every Normal Event, and with them NodeNotReady of Nodes, the back-off of image pulls " +
        "and nearly every recovery";
      report.warning({ path, message });
    }
  }
  for (const draft of enabled) {
    const covered = draft.matcher.alternatives.every((narrow) =>
      matcher.alternatives.some((wide) => implies(narrow, wide)),
    );
    if (!covered) continue;
    const message = `drops everything that rule "${draft.rule.name}" could match`;
    report.warning({ path: ["match"], message });
  }
}
