import { z } from "zod";

import { PositiveDuration } from "../../lib/duration.ts";
import { strict } from "../../lib/schema.ts";
import { alertTemplates, HttpUrl } from "../../sink/options/index.ts";

const LONGEST_RESEND_MS = 3_600_000;

/** The options of the sink. */
export const Options = strict({
  urls: z
    .array(HttpUrl)
    .min(1, { error: "name the address of one Alertmanager at least" })
    .max(16)
    .describe("the addresses of all Alertmanagers of a cluster; each is sent to, one is enough"),
  labels: alertTemplates().describe(
    "further labels; {{ CEL }} over alert, event and cluster; an empty text takes one away",
  ),
  resendEvery: PositiveDuration.refine((ms) => ms <= LONGEST_RESEND_MS, { message: "must be 1h at most" })
    .prefault("1m")
    .describe("how often it is told what fires; an alert that is not told for five times as long ends there"),
});
export type Options = z.infer<typeof Options>;
