import { z } from "zod";

import { PatternSpec } from "../expression/index.ts";
import { isMapping } from "../lib/mapping.ts";
import { strict } from "../lib/schema.ts";

const Termination = strict({
  reason: PatternSpec.optional().describe("such as `OOMKilled`, `Error`, `Completed`"),
  exitCode: PatternSpec.optional().describe("a number, or `{ gte: 128 }`"),
});

/** `state` of a rule: conditions on the state of the object, which all must hold. */
export const StateClauseSpec = strict({
  phase: PatternSpec.optional().describe("`status.phase` of a Pod, claim, volume or Namespace"),
  conditions: z
    .record(z.string(), PatternSpec)
    .optional()
    .describe('the status of conditions, `{ Ready: "False" }`'),
  container: strict({
    ready: z.boolean().optional().describe("whether it is ready"),
    restarts: PatternSpec.optional().describe("how often it was restarted, `{ gte: 3 }`"),
    waiting: strict({ reason: PatternSpec.optional().describe("such as `CrashLoopBackOff`") })
      .optional()
      .describe("why it waits"),
    terminated: Termination.optional().describe("how it ended"),
    lastTerminated: Termination.optional().describe("how it ended before it was restarted"),
  })
    .optional()
    .describe("of the container that the Event names, else of any"),
}).refine((state) => hasPattern(state), { error: "empty: name at least one condition" });
function hasPattern(value: object): boolean {
  return Object.values(value).some(
    (each: unknown) => each !== undefined && (!isMapping(each) || hasPattern(each)),
  );
}

/** A checked `state` of a rule. */
export type StateClauseSpec = z.infer<typeof StateClauseSpec>;
