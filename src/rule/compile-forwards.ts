import type { Finding } from "../lib/finding.ts";
import { fingerprint } from "../lib/hash.ts";
import { check } from "../lib/schema.ts";
import { adviseList } from "./advice.ts";
import { adviseValues } from "./advise-values.ts";
import { compileMatcher, type MatchContext } from "./compile-rule.ts";
import type { ForwardSet } from "./compiled-rule.ts";
import { explainMatch } from "./explain-match.ts";
import { createFindings, type Placed } from "./report.ts";
import { createForwardSet, type IndexedForward } from "./rule-set.ts";
import { ForwardSpec } from "./rule-spec.ts";
import { createTextCompiler } from "./rule-text.ts";
import { checkSinks } from "./sinks.ts";
import { TestCompiler } from "./test-compiler.ts";

/**
 * Compiles the value of `forward`. Never throws: every fault is a finding.
 *
 * @param context `sinkNames`: the sinks that take records; undefined leaves sinks unchecked.
 */
export function compileForwards(
  placed: Placed,
  context: { readonly sinkNames?: ReadonlySet<string> | undefined },
): { readonly forwards: ForwardSet; readonly findings: readonly Finding[] } {
  const findings = createFindings();
  const list: readonly unknown[] = Array.isArray(placed.value) ? placed.value : [];
  if (!Array.isArray(placed.value)) {
    findings.at(placed.document, placed.path).error({ path: [], message: "expected a list of forwards" });
  }
  const texts = createTextCompiler();
  const tests = new TestCompiler();
  const names = new Set<string>();
  const entries = list.flatMap((value, index) => {
    const report = findings.at(placed.document, [...placed.path, index]);
    const entry = compileForward(value, { texts, tests, report });
    if (entry === undefined) return [];
    const { name, sinks } = entry.forward;
    if (names.has(name)) report.error({ path: ["name"], message: `there are two forwards "${name}"` });
    names.add(name);
    checkSinks(sinks, ["sinks"], { sinkNames: context.sinkNames, report });
    return [entry];
  });
  return { forwards: createForwardSet(entries), findings: findings.all() };
}

function compileForward(value: unknown, context: MatchContext): IndexedForward | undefined {
  const { report } = context;
  const checked = check(ForwardSpec, value);
  checked.faults.forEach(report.error);
  if (checked.value === undefined) return undefined;
  const { sinks, ...spec } = checked.value;
  const matcher = compileMatcher(spec, context);
  adviseValues([...matcher.alternatives, ...matcher.exceptions], report);
  adviseList(spec.match, ["match"], report);
  const { matches } = matcher;
  const version = fingerprint([JSON.stringify(spec)]);
  return {
    forward: { name: spec.name, version, sinks, matches, explain: (event) => explainMatch(matcher, event) },
    matcher,
  };
}
