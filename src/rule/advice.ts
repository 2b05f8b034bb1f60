import { toDurationText } from "../lib/duration.ts";
import { errorText } from "../lib/errors.ts";
import { adviseAbsent } from "./advise-absent.ts";
import { adviseIdentity } from "./advise-identity.ts";
import { adviseProof, type ProofContext } from "./advise-proof.ts";
import { adviseValues } from "./advise-values.ts";
import type { RuleDraft } from "./compile-rule.ts";
import type { RuleText } from "./compiled-rule.ts";
import type { KnownReasons } from "./known-reasons.ts";
import { likelyRows } from "./likely-rows.ts";
import type { Alternative } from "./matcher.ts";
import { overlap } from "./profile.ts";
import type { Path, Report } from "./report.ts";
import type { MatchSpec, RuleSpec } from "./rule-spec.ts";
import { sampleEvent, sampleScope } from "./sample.ts";

/** Writers publish a series every 30 minutes, and once more at its end (docs/design/events.md#counts-of-the-writers). */
const SERIES_LAG_MS = 35 * 60_000;

/** Warns about a list that should be one mapping. */
export function adviseList(spec: MatchSpec | undefined, path: Path, report: Report): void {
  if (!Array.isArray(spec) || spec.length < 2) return;
  const keys = spec.map((mapping) => Object.keys(mapping));
  if (keys.every((each) => each.length === 1) && new Set(keys.flat()).size === keys.length) {
    report.warning({ path, message: "this is OR; did you mean one mapping, in which all must hold?" });
  }
}

/** Context of advice beside the rule itself. */
export interface AdviceContext extends ProofContext {
  readonly eventTtlMs: number;
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  /** The value of `kubernetes.enrich`; undefined: not checked. */
  readonly enrich: "off" | "owners" | "state" | undefined;
  /** Number of the other enabled ordinary rules. */
  readonly others: number;
}

/** Advice on the text of a rule, which holds also where other parts of it are wrong. */
export function adviseWriting(
  { spec, matcher, counters }: RuleDraft,
  reasons: KnownReasons,
  report: Report,
): void {
  adviseValues([...matcher.alternatives, ...matcher.exceptions, ...counters], report, reasons);
  adviseList(spec.match, ["match"], report);
}

/** Advice on everything that is legal in a rule but rarely intended. */
export function adviseRule(draft: RuleDraft, context: AdviceContext, report: Report): void {
  adviseScope(draft, context, report);
  adviseThreshold(draft.spec, context, report);
  adviseQuiet(draft.spec, report);
  adviseIdentity(draft, report);
  adviseReasons(draft, context, report);
  adviseProof(draft, context, report);
  adviseStates(draft, context, report);
  adviseAbsent(draft, context.rows, report);
  checkExceptions(draft, report);
  checkCounters(draft, report);
  adviseTexts(draft, report);
}

/** Warns of parts that need the state of objects where nobody reads it. */
function adviseStates({ spec }: RuleDraft, { enrich }: Pick<AdviceContext, "enrich">, report: Report): void {
  if (enrich === undefined || enrich === "state") return;
  const reads = `kubernetes.enrich is ${enrich}, so nobody reads the state of objects`;
  if (spec.state !== undefined)
    report.warning({ path: ["state"], message: `${reads}, and the rule never fires` });
  if (spec.resolve.when !== undefined)
    report.warning({ path: ["resolve", "when"], message: `${reads}, and only Events, quiet or age end it` });
}

function adviseScope({ spec, matcher }: RuleDraft, context: AdviceContext, report: Report): void {
  const profiles = matcher.alternatives.map(({ profile }) => profile);
  const asksReason =
    spec.when?.includes("reason") === true ||
    matcher.alternatives.every(({ tests }) => tests.some(({ field }) => field.path === "reason"));
  if (!asksReason && !spec.fallback && context.others > 0) {
    const message =
      "matches events of every reason, also those that other rules match; " +
      "add reason, or fallback: true to match what no other rule does";
    report.warning({ path: ["match"], message });
  }
  const { namespaces } = context;
  const aboutNodes = profiles.some(({ values }) => values.kind?.has("Node") === true);
  if (aboutNodes && namespaces.length > 0 && !namespaces.includes("default")) {
    const message =
      'Events about Nodes live in namespace "default", which kubernetes.namespaces does not name';
    report.warning({ path: ["match"], message });
  }
}

function adviseQuiet({ resolve: { quiet }, for: forMs }: RuleSpec, report: Report): void {
  if (quiet === undefined || forMs === 0 || quiet > forMs) return;
  const message = `not longer than for (${toDurationText(forMs)}): without another Event it ends before it fires`;
  report.warning({ path: ["resolve", "quiet"], message });
}

function adviseThreshold(spec: RuleSpec, { eventTtlMs }: AdviceContext, report: Report): void {
  const { within } = spec.threshold;
  if (within === undefined || within <= eventTtlMs) return;
  const [window, ttl] = [toDurationText(within), toDurationText(eventTtlMs)];
  const message = `a window of ${window} is longer than the server keeps Events (${ttl}): after a gap it may count too few`;
  report.warning({ path: ["threshold", "within"], message });
}

function adviseReasons({ spec, matcher }: RuleDraft, { rows }: AdviceContext, report: Report): void {
  const touched = matcher.alternatives.flatMap((alternative) => likelyRows(alternative, rows));
  const lifecycles = new Set(touched.map((row) => row.lifecycle));
  if (spec.lifecycle === undefined && lifecycles.size > 1) {
    const message = `its reasons have different lifecycles (${[...lifecycles].join(", ")}); set lifecycle, or make two rules`;
    report.warning({ path: ["match"], message });
  }
  const { count, within } = spec.threshold;
  const late = touched.find((row) => row.series);
  if (late === undefined || count <= 2 || within === undefined || within >= SERIES_LAG_MS) return;
  const message =
    `repeats of ${late.reason} are published up to 30 minutes late, so ${count} within ${toDurationText(within)} ` +
    "is hardly ever seen; to wait whether it lasts, use for";
  report.warning({ path: ["threshold"], message });
}

function checkExceptions({ spec, matcher }: RuleDraft, report: Report): void {
  if (spec.except === undefined) return;
  const { alternatives, exceptions } = matcher;
  const isTaken = (alternative: Alternative): boolean =>
    exceptions.some((exception) => implies(alternative, exception));
  if (exceptions.length === 0 || !alternatives.every(isTaken)) return;
  report.error({
    path: ["except"],
    message: "takes everything that match takes, so the rule matches nothing",
  });
}

function checkCounters({ rule, matcher, counters }: RuleDraft, report: Report): void {
  if (matcher.when !== undefined) return;
  for (const [index, counter] of counters.entries()) {
    const opens = matcher.alternatives.some((alternative) => implies(counter, alternative));
    const excepted = matcher.exceptions.some((exception) => couldOverlap(counter, exception));
    if (!opens || excepted) continue;
    const label = rule.resolve.by?.[index]?.label ?? "";
    const message = `${label} is matched by the rule itself, so it would open the alert it ends; leave it out of match`;
    report.error({ path: counter.path, message });
  }
}

function couldOverlap(a: Alternative, b: Alternative): boolean {
  return overlap(a.profile, b.profile);
}

/** Whether `wide` takes every event that `narrow` takes, as far as the patterns can tell. */
export function implies(narrow: Alternative, wide: Alternative): boolean {
  return wide.tests.every((test) =>
    narrow.tests.some(({ field, pattern, spec }) => {
      if (field.path !== test.field.path) return false;
      if (JSON.stringify(spec) === JSON.stringify(test.spec)) return true;
      return pattern.exact !== undefined && [...pattern.exact].every((value) => test.pattern.test(value));
    }),
  );
}

function adviseTexts({ rule, matcher }: RuleDraft, report: Report): void {
  const event = sampleEvent(matcher);
  const scope = sampleScope(event, [...rule.labels.keys()]);
  const fail = (path: Path, error: unknown): void => {
    const message = `fails with a sample event: ${errorText(error)}; where a key may be missing, add .default("")`;
    report.warning({ path, message });
  };
  const attempt = (path: Path, text: RuleText | undefined): void => {
    try {
      text?.render(scope);
    } catch (error) {
      fail(path, error);
    }
  };
  for (const [name, text] of rule.labels) attempt(["labels", name], text);
  for (const [index, part] of rule.identity.entries()) {
    if (typeof part === "object") attempt(["identity", index], part);
  }
  for (const key of ["runbook", "dashboard", "title", "text"] as const) attempt([key], rule[key]);
  try {
    matcher.when?.holds(event);
  } catch (error) {
    fail(["when"], error);
  }
}
