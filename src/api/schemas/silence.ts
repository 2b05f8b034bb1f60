import { z } from "zod";

import { Count, Instant } from "./fields.ts";

/** Holds some alerts back for a time. */
export const Silence = z.object({
  id: z
    .string()
    .describe("`config/<name>` for those of the configuration, which only a change of the file ends."),
  origin: z.enum(["config", "api", "annotation"]).describe("Its origin."),
  state: z.enum(["pending", "active", "expired"]).describe("Whether it holds now, whatever its hours."),
  match: z
    .record(z.string(), z.unknown())
    .readonly()
    .describe("Label → pattern, as in the configuration; all must hold."),
  from: Instant.nullable().describe("When it begins; null for always."),
  until: Instant.nullable().describe("When it ends; null while unknown."),
  untilResolved: z.boolean().describe("Whether it ends with the last alert that it matches."),
  schedule: z.unknown().describe("The hours in which it holds, as in the configuration; null for always."),
  author: z.string().describe("Who made it."),
  comment: z.string().describe("Why."),
  createdAt: Instant.nullable().describe("When it was made; null for those of the configuration."),
  usedAt: Instant.nullable().describe("When it first held something back; null for never."),
  alerts: Count.describe("Number of firing alerts that it matches."),
});
export type Silence = Readonly<z.infer<typeof Silence>>;

/** A silence that somebody has just made or changed. */
export const MadeSilence = Silence.extend({
  warnings: z
    .array(
      z.object({
        path: z.string().describe("Of the key in the request."),
        message: z.string().describe("What is unusual, in words."),
      }),
    )
    .readonly()
    .describe("Values that no alert has, such as an unknown rule. The silence is stored all the same."),
});
export type MadeSilence = Readonly<z.infer<typeof MadeSilence>>;

/** All silences; there are at most 1000. */
export const SilenceList = z.object({
  at: Instant.describe("Time of this answer, by the server's clock."),
  items: z.array(Silence).readonly().describe("Newest first."),
  next: z.null().describe("There is one page."),
});
export type SilenceList = Readonly<z.infer<typeof SilenceList>>;
