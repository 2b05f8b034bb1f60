import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { processSection } from "../section.ts";

const Log = strict({
  level: z
    .enum(["debug", "info", "warn", "error"])
    .default("info")
    .describe("the least important level that is written"),
  format: z.enum(["json", "pretty"]).optional().describe("without it `pretty` on a terminal, else `json`"),
});

/** `log`. */
export const log = processSection({
  fixed: "all",
  schema: Log.prefault({}).describe("the log of the program, on standard error"),
});
