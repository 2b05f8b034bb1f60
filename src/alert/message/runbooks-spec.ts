import { z } from "zod";

import { createEnvironment } from "../../expression/index.ts";
import { checkRest } from "../../lib/check-rest.ts";
import { type Fault, strict } from "../../lib/schema.ts";
import type { Policy } from "../policy.ts";

/** The schema of the section `runbooks` of a configuration. */
export const RunbooksSpec = strict({
  url: z
    .string()
    .min(1)
    .describe(
      "the address of the runbook of a rule that names none; `{{ rule }}` is the name of the rule, and there is no other variable",
    ),
});

/** A rule to try an address with. */
const SAMPLE = "sample-rule";

/** Compiles the section, and reports every fault. @param section Undefined when none is written. */
export function compileRunbooks(
  section: unknown,
  path: readonly string[],
): { readonly runbookOf: Policy["runbookOf"]; readonly faults: readonly Fault[] } {
  if (section === undefined) return { runbookOf: undefined, faults: [] };
  const { rest, faults } = checkRest(RunbooksSpec, section, { base: path });
  if (rest === undefined) return { runbookOf: undefined, faults };
  const at = [...path, "url"];
  const { value: template, faults: ofText } = createEnvironment({ rule: "string" }).template(rest.url);
  if (template === undefined) {
    const ofUrl = ofText.map((fault): Fault => ({ level: "error", path: at, ...fault }));
    return { runbookOf: undefined, faults: [...faults, ...ofUrl] };
  }
  // Nothing that an Event says is in it, so whatever works for one rule works for all.
  const runbookOf = (rule: string): string => template.render({ rule, now: 0 });
  const ofAddress = faultsOfAddress(runbookOf(SAMPLE), template.uses.has("rule"), at);
  return { runbookOf, faults: [...faults, ...ofAddress] };
}

function faultsOfAddress(sample: string, namesRule: boolean, path: readonly string[]): readonly Fault[] {
  if (!URL.canParse(sample) || !/^https?:$/u.test(new URL(sample).protocol))
    return [{ level: "error", path, message: "not an http or https URL" }];
  if (namesRule) return [];
  return [{ level: "warning", path, message: "every rule has the same runbook: {{ rule }} is missing" }];
}
