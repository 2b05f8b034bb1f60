import { NAMESPACE_FIELD } from "./fields.ts";
import { type Alternative, toAlternative } from "./matcher.ts";
import type { Report } from "./report.ts";
import type { RuleSpec } from "./rule-spec.ts";
import type { RuleScope } from "./rule-unit.ts";
import { type FieldTest, toFieldTest } from "./test-compiler.ts";

/**
 * The alternatives, narrowed to the Events of the namespace. A written namespace that agrees changes nothing, another
 * one is an error.
 */
export function confine(
  alternatives: readonly Alternative[],
  scope: RuleScope | undefined,
  report: Report,
): readonly Alternative[] {
  if (scope === undefined) return alternatives;
  const { namespace } = scope;
  return alternatives.map((alternative) => {
    const { path, tests } = alternative;
    for (const { field, pattern, within } of tests) {
      if (field !== NAMESPACE_FIELD && field.path !== "metadata.namespace") continue;
      if (pattern.test(namespace)) continue;
      const message = `rules of this place see the namespace "${namespace}" only; leave it out`;
      report.error({ path: [...path, ...within], message });
    }
    const others = tests.filter(({ field }) => field !== NAMESPACE_FIELD);
    return toAlternative(path, [forcedTest(namespace), ...others]);
  });
}

/**
 * One test is enough: for an Event whose object claims another namespace, the field is the namespace of the Event itself
 * (`namespaceOf`), so an author of Events in one namespace cannot speak for another.
 */
function forcedTest(namespace: string): FieldTest {
  const { path: written } = NAMESPACE_FIELD;
  const pattern = {
    exact: new Set([namespace]),
    test: (value: unknown) => value === namespace,
    text: namespace,
  };
  return toFieldTest({ field: NAMESPACE_FIELD, spec: namespace, written, within: [] }, pattern);
}

/** The rule under the name that it has among all rules. */
export function nameWithin(spec: RuleSpec, scope: RuleScope | undefined): RuleSpec {
  return scope === undefined ? spec : { ...spec, name: `${scope.prefix}${spec.name}` };
}

/** A fallback would take Events that the rules outside of the scope leave on purpose. */
export function checkFallback({ fallback }: RuleSpec, scope: RuleScope | undefined, report: Report): void {
  if (!fallback || scope === undefined) return;
  report.error({ path: ["fallback"], message: "only for rules of the configuration and of rule files" });
}
