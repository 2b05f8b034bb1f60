import { PROOF_KINDS, type Proof } from "../object/index.ts";
import type { RuleDraft } from "./compile-rule.ts";
import type { Lifecycle, ReasonRow } from "./compiled-rule.ts";
import { likelyRows } from "./likely-rows.ts";
import { kindsOf } from "./looks-up.ts";
import { overlap, profileOfRow } from "./profile.ts";
import { fits } from "./proof-of.ts";
import type { ReasonSpec } from "./reason-table.ts";
import type { Path, Report } from "./report.ts";

/** The facts that a proof is checked against. */
export interface ProofContext {
  /** Of the reason table. */
  readonly rows: readonly ReasonRow[];
  /** The kinds that `kubernetes.inspect` names; undefined: not checked. */
  readonly inspected: ReadonlySet<string> | undefined;
}

/** A statement that a state proves an end, with the objects that it is about. */
interface ProofUse {
  readonly when: Proof;
  /** All lifecycles that its alerts can have; empty when unknown. */
  readonly lifecycles: readonly Lifecycle[];
  /** Undefined: objects of any kind. */
  readonly kinds: ReadonlySet<string> | undefined;
}

/** Checks `resolve.when` of a rule. */
export function adviseProof({ spec, matcher }: RuleDraft, context: ProofContext, report: Report): void {
  const { when } = spec.resolve;
  if (when === undefined) return;
  const rows = matcher.alternatives.flatMap((alternative) => likelyRows(alternative, context.rows));
  const lifecycles = spec.lifecycle === undefined ? rows.map(({ lifecycle }) => lifecycle) : [spec.lifecycle];
  checkProof({ when, lifecycles, kinds: kindsOf(matcher) }, context, {
    report,
    path: ["resolve", "when"],
  });
}

/** Checks `when` of a row of a user. @param path Of the row. */
export function adviseRowProof(
  spec: ReasonSpec,
  context: ProofContext,
  { report, path }: { readonly report: Report; readonly path: Path },
): void {
  const { when, kind } = spec;
  if (when === undefined) return;
  const kinds = kind === "" ? [] : [kind];
  const profile = profileOfRow({ ...spec, kinds });
  const below = context.rows.filter((row) => overlap(profile, profileOfRow(row)));
  const lifecycles =
    spec.lifecycle === undefined ? below.map(({ lifecycle }) => lifecycle) : [spec.lifecycle];
  checkProof({ when, lifecycles, kinds: kind === "" ? undefined : new Set(kinds) }, context, {
    report,
    path: [...path, "when"],
  });
}

function checkProof(
  use: ProofUse,
  { inspected }: ProofContext,
  { report, path }: { readonly report: Report; readonly path: Path },
): void {
  const { when, lifecycles, kinds } = use;
  if (lifecycles.length > 0 && !lifecycles.some((lifecycle) => fits(when, lifecycle))) {
    const message =
      "a point is over as it begins, so only complete can end it; " +
      "leave when out, or say that it lasts: lifecycle: recurring or transition";
    report.error({ path, message });
    return;
  }
  if (when === "condition") {
    const message = inspected && faultOfCondition(kinds, inspected);
    if (message !== undefined) report.warning({ path, message });
    return;
  }
  const able = PROOF_KINDS[when];
  const unable = kinds === undefined ? [] : [...kinds].filter((kind) => !able.includes(kind));
  if (unable.length === 0) return;
  const message = `the state of a ${unable.join(" or ")} never says ${when}; only that of a ${able.join(" or ")} does`;
  (unable.length === kinds?.size ? report.error : report.warning)({ path, message });
}

function faultOfCondition(
  kinds: ReadonlySet<string> | undefined,
  inspected: ReadonlySet<string>,
): string | undefined {
  const able = inspected.union(new Set(PROOF_KINDS.condition));
  const missing = [...(kinds ?? [])].filter((kind) => !able.has(kind));
  if (missing.length === 0 && (kinds !== undefined || inspected.size > 0)) return undefined;
  const what = missing.length === 0 ? "no kind" : `no ${missing.join(", ")}`;
  return `kubernetes.inspect names ${what}, so nobody looks at the condition and quiet decides`;
}
