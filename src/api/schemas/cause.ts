import { z } from "zod";

import { Count, Instant } from "./fields.ts";

/** The cause that holds an alert back (docs/routing.md#inhibition). */
export const HeldByCause = z.object({
  fingerprint: z.string().describe("Of the cause, which is an alert."),
  rule: z.string().nullable().describe("The rule of the cause; null when it is no longer known."),
  namespace: z.string().describe("Of the cause; empty for an object without one."),
  workload: z.string().describe("Of the cause: `Node/node-1`; empty when it is no longer known."),
  others: Count.describe("Further causes, one for each node of the alert's objects."),
  standing: z
    .enum(["lasts", "late", "not-again"])
    .describe(
      "`lasts`: the cause goes on. `late`: it ended, and what is late is held back for two minutes more. `not-again`: it ended, and the alert has not occurred since.",
    ),
  endedAt: Instant.nullable().describe("When the cause ended; null while it goes on, and when nobody knows."),
});
export type HeldByCause = Readonly<z.infer<typeof HeldByCause>>;
