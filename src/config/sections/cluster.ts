import { z } from "zod";

import { processSection } from "../section.ts";

/** `cluster`. */
export const cluster = processSection({
  fixed: "all",
  schema: z
    .string()
    .min(1)
    .optional()
    .describe(
      "names the cluster in alerts, fingerprints and the stored state; another name begins anew. Without it the context's name",
    ),
});
