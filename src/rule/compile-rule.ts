import type { ExpressionFault } from "../expression/index.ts";
import { fingerprint } from "../lib/hash.ts";
import { suggestion } from "../lib/unknown-name.ts";
import type { CompiledRule, CounterMatcher, IdentityKey, RuleText } from "./compiled-rule.ts";
import { explainMatch } from "./explain-match.ts";
import {
  type Alternative,
  compileMapping,
  compileMatch,
  type EventCondition,
  type Matcher,
  toMatcher,
} from "./matcher.ts";
import type { Path, Report } from "./report.ts";
import type { IndexedRule } from "./rule-set.ts";
import { LABEL_NAMES, type MatchSpec, type RuleSpec } from "./rule-spec.ts";
import { isFaults, type TextCompiler } from "./rule-text.ts";
import type { RuleScope } from "./rule-unit.ts";
import { sampleEvent } from "./sample.ts";
import { confine } from "./scope.ts";
import { compileState } from "./state-clause.ts";
import type { TestCompiler } from "./test-compiler.ts";

/** An absence is tracked for so long; milliseconds. */
const LONGEST_ABSENCE_MS = 365 * 24 * 3_600_000;

/** The path of most mappings; one for all rules. */
const MATCH: Path = ["match"];

const IDENTITY_KEYS: readonly IdentityKey[] = [
  "namespace",
  "workload",
  "object",
  "container",
  "reason",
  "node",
];

/** A rule with the parts that advice looks at. */
export interface RuleDraft extends IndexedRule {
  readonly spec: RuleSpec;
  readonly counters: readonly Alternative[];
}

/** Compiles a checked rule and reports all faults. With faults the result serves only to find more of them. */
export function compileRule(spec: RuleSpec, context: MatchContext): RuleDraft {
  const { texts, scope, report } = context;
  const matcher = compileMatcher(spec, context);
  const counters = spec.resolve.by?.flatMap(({ same, ...mapping }, index) => {
    const written = compileMapping(mapping, ["resolve", "by", index], { tests: context.tests, report });
    return confine([written], scope, report).map((alternative) => ({
      alternative,
      matcher: toCounter(alternative, same),
    }));
  });
  checkThreshold(spec.threshold, report);
  const rule: CompiledRule = {
    name: spec.name,
    description: spec.description,
    version: fingerprint([JSON.stringify(spec)]),
    matchVersion: fingerprint([
      JSON.stringify([spec.match, spec.except, spec.when, spec.fallback, ...listed(spec.state)]),
    ]),
    fallback: spec.fallback,
    state: spec.state === undefined ? undefined : compileState(spec.state, report),
    severity: spec.severity,
    // Only an occurrence ends an absence.
    lifecycle: spec.absent === undefined ? spec.lifecycle : "transition",
    identity: compileIdentity(spec, matcher, { texts, report }),
    threshold: {
      count: spec.threshold.count,
      withinMs: spec.threshold.within ?? 0,
      distinct: spec.threshold.distinct,
    },
    forMs: spec.for,
    allowsCount: countsOf(matcher),
    resolve: {
      by: spec.absent === undefined ? counters?.map((counter) => counter.matcher) : [],
      when: spec.resolve.when,
      quietMs: spec.resolve.quiet,
      maxAgeMs: spec.absent === undefined ? spec.resolve.maxAge : LONGEST_ABSENCE_MS,
    },
    absent: spec.absent && { withinMs: spec.absent.within, expect: spec.absent.expect },
    sinks: spec.sinks,
    ...compileTexts(spec, texts, report),
    namesReason: matcher.alternatives.every(namesReason),
    ...answersFrom(matcher),
    matches: matcher.matches,
  };
  const alternatives = counters?.map((counter) => counter.alternative) ?? [];
  const counterProfiles = alternatives.map(({ profile }) => profile);
  return { spec, rule, matcher, counters: alternatives, counterProfiles };
}

/** A rule without such a part has the version that it had before there were such parts. */
function listed<Part>(part: Part | undefined): readonly Part[] {
  return part === undefined ? [] : [part];
}

function countsOf({ alternatives }: Matcher): CompiledRule["allowsCount"] {
  const patterns = alternatives.flatMap(({ profile }) => profile.countPattern ?? []);
  if (patterns.length < alternatives.length || patterns.length === 0) return undefined;
  return (count) => patterns.some((pattern) => pattern.test(count));
}

/** A function of its own, since a closure of `compileRule` would keep the report, and with it the file of the rule. */
function answersFrom(matcher: Matcher): Pick<CompiledRule, "sample" | "explain"> {
  return { sample: (rows) => sampleEvent(matcher, rows), explain: (event) => explainMatch(matcher, event) };
}

/** Context of a match. */
export interface MatchContext {
  readonly texts: TextCompiler;
  readonly tests: TestCompiler;
  readonly report: Report;
  /** Undefined: every Event may match. */
  readonly scope?: RuleScope | undefined;
  /** Exceptions beside those that the entry names. */
  readonly drops?: readonly Alternative[];
}

/** Compiles `match`, `except` and `when`; without `match` everything in scope matches. */
export function compileMatcher(
  spec: {
    readonly match?: MatchSpec | undefined;
    readonly except?: MatchSpec | undefined;
    readonly when?: string | undefined;
  },
  { texts, tests, report, scope, drops = [] }: MatchContext,
): Matcher {
  let when: EventCondition | undefined;
  if (spec.when !== undefined) {
    when = settle(texts.condition(spec.when), ["when"], report);
  }
  return toMatcher({
    alternatives: confine(compileMatch(spec.match ?? {}, MATCH, { tests, report }), scope, report),
    exceptions: [
      ...(spec.except === undefined ? [] : compileMatch(spec.except, ["except"], { tests, report })),
      ...drops,
    ],
    when,
  });
}

function toCounter(alternative: Alternative, same: CounterMatcher["same"]): CounterMatcher {
  const { tests, matches } = alternative;
  const reason = tests.find(({ field }) => field.path === "reason");
  const label = reason?.pattern.text ?? tests.map(({ pattern }) => pattern.text).join(", ");
  return { same, label, reasons: reason?.pattern.exact, matches };
}

/** Whether a mapping names the reasons of an event; `not` alone does not. */
function namesReason({ tests }: Alternative): boolean {
  const test = tests.find(({ field }) => field.path === "reason");
  if (test === undefined) return false;
  if (test.pattern.exact !== undefined) return true;
  const { spec } = test;
  if (typeof spec !== "object") return true;
  return "like" in spec || "regex" in spec || "contains" in spec;
}

function compileIdentity(
  spec: RuleSpec,
  matcher: Matcher,
  { texts, report }: { readonly texts: TextCompiler; readonly report: Report },
): readonly (IdentityKey | RuleText)[] {
  if (spec.identity === undefined) return defaultIdentity(matcher);
  return spec.identity.flatMap((part, index): readonly (IdentityKey | RuleText)[] => {
    const key = IDENTITY_KEYS.find((known) => known === part);
    if (key !== undefined) return [key];
    const path = ["identity", index];
    if (!part.includes("{{")) {
      const known = suggestion(part, IDENTITY_KEYS);
      report.error({
        path,
        message: `"${part}" is neither a part of an identity nor a text with {{ }}; ${known}`,
      });
      return [];
    }
    const text = settle(texts.opening(part), path, report);
    return text === undefined ? [] : [text];
  });
}

/** A rule is one problem: several reasons in it do not make several alerts. */
function defaultIdentity({ alternatives }: Matcher): readonly IdentityKey[] {
  const listed = new Set(alternatives.flatMap(({ profile }) => [...(profile.values.reason ?? [])]));
  return listed.size > 1 ? ["namespace", "workload"] : ["namespace", "workload", "reason"];
}

function checkThreshold(threshold: RuleSpec["threshold"], report: Report): void {
  const { count, distinct, within } = threshold;
  if (within !== undefined && within > 0) return;
  if (count > 1 || distinct > 1) {
    const what = count > 1 ? `count ${count}` : `distinct ${distinct}`;
    report.error({ path: ["threshold"], message: `${what} needs a window: add within, such as within: 10m` });
  }
}

type Texts = Pick<CompiledRule, "labels" | "runbook" | "dashboard" | "title" | "text">;

function compileTexts(spec: RuleSpec, texts: TextCompiler, report: Report): Texts {
  const names = Object.keys(spec.labels);
  const labels = new Map<string, RuleText>();
  for (const [name, source] of Object.entries(spec.labels)) {
    const path = ["labels", name];
    if (LABEL_NAMES.some((known) => known === name)) {
      const message = `every alert has a label "${name}" already; choose another name`;
      report.error({ path, onKey: true, message });
    } else if (!/^[a-zA-Z]\w*$/u.test(name)) {
      const message = `expected a label name of letters, digits and _ that begins with a letter, not "${name}"`;
      report.error({ path, onKey: true, message });
    }
    const text = settle(texts.opening(source), path, report);
    if (text !== undefined) labels.set(name, text);
  }
  const opening = (key: "runbook" | "dashboard"): RuleText | undefined => {
    const source = spec[key];
    return source === undefined ? undefined : settle(texts.opening(source), [key], report);
  };
  const message = (key: "title" | "text"): RuleText | undefined => {
    const source = spec[key];
    return source === undefined ? undefined : settle(texts.message(source, names), [key], report);
  };
  return {
    labels,
    runbook: opening("runbook"),
    dashboard: opening("dashboard"),
    title: message("title"),
    text: message("text"),
  };
}

/** The result, or undefined with its faults reported. */
function settle<T extends object>(
  result: T | readonly ExpressionFault[],
  path: Path,
  report: Report,
): T | undefined {
  if (!isFaults(result)) return result;
  for (const { message, offset } of result) report.error({ path, message, offset });
  return undefined;
}
