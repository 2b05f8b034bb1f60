import { z } from "zod";

import { processSection } from "../section.ts";

/** `cluster`. */
export const cluster = processSection({
  fixed: "all",
  schema: z
    .string()
    .min(1)
    .optional()
    .describe("shown in every alert and part of every fingerprint; without it the context's name"),
});
