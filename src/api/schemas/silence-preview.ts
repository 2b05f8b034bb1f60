import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { Count, Instant, pageOf } from "./fields.ts";
import { MadeSilence } from "./silence.ts";

/** An alert, as far as somebody needs to recognise it. */
export const AlertRef = z.object({
  fingerprint: z.string().describe("Of the alert."),
  rule: z.string().describe("The name of its rule."),
  severity: Severity.describe("Severity."),
  title: z.string().describe("One line, as a message about it alone would have it: untrusted text."),
  namespace: z.string().describe("Its label `namespace`; empty for an object without one."),
  workload: z.string().describe("Its label `workload`: `Deployment/web`."),
  occurrences: Count.describe("Number of occurrences."),
  firedAt: Instant.nullable().describe("When it began to fire."),
});
export type AlertRef = Readonly<z.infer<typeof AlertRef>>;

/** The effect that a silence would have if it held now. */
export const SilencePreview = z.object({
  alerts: pageOf(AlertRef, "Newest first, by `openedAt`.").describe("The firing alerts that it matches."),
  firing: Count.describe("Number of firing alerts that it matches."),
  critical: Count.describe("Those of them that are critical."),
  firingInAll: Count.describe("Number of all firing alerts, to see a silence of everything."),
  overlaps: z
    .array(z.string())
    .readonly()
    .describe("Ids of silences that are not over and match some of these alerts already."),
  warnings: MadeSilence.shape.warnings,
});
export type SilencePreview = Readonly<z.infer<typeof SilencePreview>>;
