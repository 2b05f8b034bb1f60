import { checkRest } from "../lib/check-rest.ts";
import type { Finding } from "../lib/finding.ts";
import { fingerprint } from "../lib/hash.ts";
import { adviseList } from "./advice.ts";
import { adviseValues } from "./advise-values.ts";
import { compileMatcher, type MatchContext } from "./compile-rule.ts";
import type { ForwardSet } from "./compiled-rule.ts";
import { explainMatch } from "./explain-match.ts";
import { createFindings, type Placed, siftedReport } from "./report.ts";
import { createForwardSet, type IndexedForward } from "./rule-set.ts";
import { ForwardSpec } from "./rule-spec.ts";
import { createTextCompiler } from "./rule-text.ts";
import { checkSinks } from "./sinks.ts";
import { TestCompiler } from "./test-compiler.ts";

/**
 * Compiles the value of `forward`. Never throws: every fault is a finding.
 *
 * @param context `sinkNames`: the sinks that take records; undefined leaves sinks unchecked. `textsOfSink`: the texts
 *   with holes that a sink makes of a record, for they may read what has to be looked up.
 */
export function compileForwards(
  placed: Placed,
  context: {
    readonly sinkNames?: ReadonlySet<string> | undefined;
    readonly textsOfSink?: ((sink: string) => readonly string[]) | undefined;
  },
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
    const written = findings.at(placed.document, [...placed.path, index]);
    const { faults, rest, further } = checkRest(ForwardSpec, value, { standIns: STAND_INS });
    faults.forEach(written.error);
    if (rest === undefined) return [];
    const report = siftedReport(written, further);
    const { name, sinks } = rest;
    if (names.has(name)) report.error({ path: ["name"], message: `there are two forwards "${name}"` });
    names.add(name);
    checkSinks(sinks, ["sinks"], { sinkNames: context.sinkNames, report });
    const ofSinks = sinks.flatMap((sink) => context.textsOfSink?.(sink) ?? []);
    return [{ ...compileForward(rest, { texts, tests, report }), texts: ofSinks }];
  });
  return { forwards: createForwardSet(entries), findings: findings.all() };
}

/** For keys that are wrong or missing. */
const STAND_INS = { name: "unnamed", sinks: ["-"] };

function compileForward({ sinks, ...spec }: ForwardSpec, context: MatchContext): IndexedForward {
  const { report } = context;
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
