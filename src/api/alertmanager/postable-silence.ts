import { z } from "zod";

import { faultOfRegex, type Matcher } from "./matcher.ts";

const MOST_MATCHERS = 50;

const Instant = z.iso
  .datetime({ offset: true, error: "not a time; write 2026-12-01T20:00:00Z" })
  .transform((text) => Date.parse(text));

const PostableMatcher = z
  .object({
    name: z.string().min(1, { error: "empty" }),
    value: z.string(),
    isRegex: z.boolean(),
    isEqual: z.boolean().nullish(),
  })
  .transform((matcher): Matcher => ({ ...matcher, isEqual: matcher.isEqual ?? true }))
  .superRefine(({ name, value, isRegex }, context) => {
    const fault = isRegex ? faultOfRegex(value) : undefined;
    if (fault !== undefined) context.addIssue({ code: "custom", message: `${name}: ${fault}` });
  });

/**
 * A silence as programs post it (`postableSilence` of Alertmanager's openapi.yaml, 0.35). Keys that it does not name are
 * ignored, as Alertmanager does: Grafana sends some. Who and why must be given, which Alertmanager leaves to its programs.
 */
export const PostableSilence = z.object({
  id: z
    .string()
    .nullish()
    .transform((id) => id ?? ""),
  matchers: z.array(PostableMatcher).min(1, { error: "empty" }).max(MOST_MATCHERS),
  startsAt: Instant,
  endsAt: Instant,
  createdBy: z
    .string()
    .max(200)
    .refine((text) => text.trim() !== "", { error: "empty: say who" }),
  comment: z
    .string()
    .max(1000)
    .refine((text) => text.trim() !== "", { error: "empty: say why" }),
  annotations: z
    .record(z.string(), z.string())
    .nullish()
    .refine((all) => Object.keys(all ?? {}).length === 0, { error: "silences of Tocsin have none" }),
});
export type PostableSilence = z.infer<typeof PostableSilence>;
