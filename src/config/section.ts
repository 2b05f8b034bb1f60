import type { z } from "zod";

import type { Fault } from "../lib/schema.ts";
import type { RuleSet } from "../rule/index.ts";

/**
 * A section that sets the process up: no rule, route or sink depends on it. Its schema is all that it needs; the methods
 * take its checked value, and paths of faults begin in the section.
 */
export interface ProcessSection<Schema extends z.ZodType = z.ZodType> {
  readonly part: "process";
  readonly schema: Schema;
  /** The part that only a start reads: the whole section, or some of its keys. A reload leaves it as it is. */
  readonly fixed?: "all" | readonly string[];
  /** The value with absolute paths. */
  absolute?(value: z.infer<Schema>, resolvePath: (path: string) => string): z.infer<Schema>;
  /** Checks that need more than the section itself. */
  faults?(
    value: z.infer<Schema>,
    /** Undefined leaves names of sinks unchecked. */
    context: { readonly sinkNames: ReadonlySet<string> | undefined },
  ): readonly Fault[];
  /** Warns of settings that work but that hardly anybody means. Only for a configuration without errors. */
  advise?(value: z.infer<Schema>, context: { readonly rules: RuleSet }): readonly Fault[];
}

/** A section that decides about alerts. Other folders compile its entries, so `schema` only has their frame. */
export interface PolicySection<Schema extends z.ZodType = z.ZodType, Shape extends z.ZodType = z.ZodType> {
  readonly part: "policy";
  readonly schema: Schema;
  /** The section with its entries as people write them, for editors and importers. */
  readonly shape: Shape;
}

/** Makes an entry of the table of sections. */
export function processSection<Schema extends z.ZodType>(
  section: Omit<ProcessSection<Schema>, "part">,
): ProcessSection<Schema> {
  return { part: "process", ...section };
}

/** Makes an entry of the table of sections. */
export function policySection<Schema extends z.ZodType, Shape extends z.ZodType>(
  section: Omit<PolicySection<Schema, Shape>, "part">,
): PolicySection<Schema, Shape> {
  return { part: "policy", ...section };
}
